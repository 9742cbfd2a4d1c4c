"""A pretend phone company and post office, with two phones and two mailboxes to look at.

It is a process of its own and knows the gateway by addresses alone: it answers the gateway's
Twilio calls and its SMTP, and calls the gateway's webhooks and inbound SMTP, each as the real
service would. Only ``onethread demo`` and tests start it.
"""
