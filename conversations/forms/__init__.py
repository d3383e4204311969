"""Questionnaires: an XForm read once into a Form, and the answers of a session as an Instance."""

from conversations.forms.declaration import Declaration
from conversations.forms.definition import Choice, Kind, Question
from conversations.forms.entities import Action, Entity, entities
from conversations.forms.form import Form
from conversations.forms.instance import Instance, Rule, Violation
from conversations.forms.problem import FormError, Problem
from conversations.forms.reader import read

__all__ = [
    "Action",
    "Choice",
    "Declaration",
    "Entity",
    "Form",
    "FormError",
    "Instance",
    "Kind",
    "Problem",
    "Question",
    "Rule",
    "Violation",
    "entities",
    "read",
]
