"""A local mailbox, a local Bot API and a page to use both, to try a campaign before anybody receives it.

The three parts stand alone (`bot_api.BotApi`, `mail.MailServer`, `page.Page`) and come together in `app.start`:

    playground = await app.start(residents=[Resident("anna", "Anna Ozola", "anna@cerina.example", chat_id=5001)])
    playground.settings()       # ATSAUCE_TELEGRAM_TOKEN, ATSAUCE_SMTP_URL, ... for intake.settings.Settings
    await playground.add(...)   # somebody more, for example each imported contact
    playground.page_url         # the one address to print
    await playground.close()

The servers need no service: whoever wants to point one at them takes `settings()`; it polls getUpdates and IMAP by
itself, as it would with real servers. `service.main` is `atsauce playground`: it starts the real service in the same
process as a `rehearsal.Rehearsal` and hands it to the page as `playground.stage.rehearsal`, so that the page can show
the campaign, move its clock and change its questionnaire. A clock given to `start` stamps messages and mail.
"""
