"""A local mailbox, a local Bot API and a page to use both, to try a campaign before anybody receives it.

The three parts stand alone (`bot_api.BotApi`, `mail.MailServer`, `page.Page`) and come together in `app.start`:

    playground = await app.start(residents=[Resident("anna", "Anna Ozola", "anna@cerina.example", chat_id=5001)])
    playground.settings()       # ATSAUCE_TELEGRAM_TOKEN, ATSAUCE_SMTP_URL, ... for intake.settings.Settings
    await playground.add(...)   # somebody more, for example each imported contact
    playground.page_url         # the one address to print
    await playground.close()

The service itself is not started here: whoever calls `start` gives `on_ready`, an async function of the Playground,
in which the invented campaign is written, contacts are imported and `intake.app.run` begins as a task of its own. It
polls getUpdates and IMAP by itself, as it would with real servers. A clock given to `start` stamps messages and mail.
"""
