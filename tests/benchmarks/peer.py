"""One library that takes the newly written text out of a reply, in an interpreter that has it: JSON in, JSON out.

    python peer.py NAME < texts.json

Standard library and the one package only: this runs in a virtual environment of its own.
"""

import json
import sys
import time

TIMES = 3


def reader(name):
    if name == "talon":
        import talon
        from talon import quotations
        from talon.signature.bruteforce import extract_signature

        talon.init()
        return lambda text: extract_signature(quotations.extract_from_plain(text))[0]
    if name == "mail-parser-reply":
        from mailparser_reply import EmailReplyParser

        parser = EmailReplyParser(languages=["en", "de"])
        return lambda text: parser.parse_reply(text=text)
    if name == "quotequail":
        import quotequail

        return lambda text: "\n".join(part for shown, part in quotequail.quote(text) if shown)
    from email_reply_parser import EmailReplyParser

    return EmailReplyParser.parse_reply


def main():
    read = reader(sys.argv[1])
    found = []
    for text in json.load(sys.stdin):
        taken = []
        for _ in range(TIMES):
            begun = time.process_time()
            try:
                new = read(text) or ""
            except Exception as error:
                new = f"{type(error).__name__}"
            taken.append((time.process_time() - begun) * 1e6)
        found.append((new, min(taken)))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
