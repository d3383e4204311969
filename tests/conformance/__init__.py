"""Our questionnaire engine beside ODK Web Forms and JavaRosa, over the same forms and the same answers."""
