# ruff: noqa: RUF001
"""What receiving servers say when they refuse, sorted by what it means for the address.

Data alone, lower-case, matched as parts of what was said. The order of ``REASONS`` is the order of
precedence: words that can only be about the sender or the mail, then words about the mailbox, then
words that name a mood. "550 user unknown in relay table" is about the mailbox, "relaying denied"
never is.
Sources: the reply texts of RFC 5321 section 4.2.3 and of RFC 3463, the texts that servers ship
with (Postfix, Exim, Sendmail, qmail, Exchange), the error pages of the large mailbox providers.
"""

from __future__ import annotations

from typing import Final

from gateway.channels.email.address_words import (
    DISABLED,
    GONE,
    MOVED,
    NO_DOMAIN,
    REFUSES,
    VAGUE,
    Reason,
)

_SENDER = Reason("the sender's address was not accepted", False, True, (
    "sender verif", "verify sender", "sender address reject", "sender rejected",
    "sender address refused", "sender denied", "senderdenied", "sender domain", "domain of sender",
    "sender's domain", "sender not", "sender is not", "invalid sender", "bad sender",
    "unresolvable sender", "sender unknown", "could not verify the sender", "domain of the sender",
    "envelope from", "mail from:<>", "null sender", "verification failed for",
    "callout verification failed", "backscatter", "cannot resolve your domain",
    "your domain does not", "return path", "reverse-path", "no valid mx", "from domain",
    "from address", "from: address", "not exist in the from", "sender has no", "mail from must",
    "invalid mail from", "you are not authorized to send as", "sendas", "senders are not allowed",
    "authenticated sender",
))  # fmt: skip
_IDENTITY = Reason("the sending server's identity was not accepted", False, True, (
    "spf", "dkim", "dmarc", "reverse dns", "rdns", "ptr lookup", "no ptr", "reverse host",
    "client host", "helo", "ehlo", "reverse lookup", "unauthenticated", "authentication required",
    "must authenticate", "not authenticated", "fix reverse", "cannot find your",
    "forward-confirmed", "senderid", "sender id", "email authentication", "authentication-results",
    "smtp auth", "authentication is required", "authorization required", "dynamic ip", "dialup",
    "dynamically assigned", "missing ptr", "your ptr", "ptr record for", "bad ptr",
))  # fmt: skip
_BLOCKED = Reason("the sending server is blocked", False, True, (
    "blocked using", "block list", "blocklist", "black list", "blacklist", "black-list",
    "denylist", "dnsbl", " rbl", "spamhaus", "spamcop", "sorbs", "barracudacentral", "spamrats",
    "listed at", "is listed", "reputation", "your ip", "ip address is", "ip address has",
    "ip has been", "your network", "your server", "your host", "sending server", "sending host",
    "sending ip", "client address", "access from", "connections from", "connection from", "banned",
    "mail from your", "your mail server", "senderscore", "cloudmark", "blocked for abuse",
    "service refused", "no smtp service", "not accepted from", "deny ip", "host rejected",
    "you are not allowed to connect", "server access", "blocked by", "has been blocked due",
    "whitelist", "allowlist",
))  # fmt: skip
_FULL = Reason("the mailbox is full", False, True, (
    "mailbox full", "mailbox has exceeded", "mailbox size", "quota", "user is over", "user over",
    "over limit", "exceeded storage", "storage limit", "out of storage", "not enough storage",
    "storage space", "insufficient disk space", "disk full", "no space left", "not enough disk",
    "maildir over", "maildrop over", "has full", "is full", "exceeded the local limit",
    "limit in mailbox", "mailbox would exceed", "mail box full", "exceeds allowed message count",
    "too much mail data", "mailbox exceeds", "exceed mailbox", "exceeds its storage",
    "postfach voll", "postfach ist voll", "postfach des empfängers ist voll", "speicherplatz",
    "boîte pleine", "boite pleine", "boîte aux lettres pleine", "boîte aux lettres est pleine",
    "boite aux lettres est pleine", "buzón lleno", "buzón está lleno", "buzon lleno", "cuota",
    "casella piena", "casella è piena", "caixa postal cheia", "caixa de correio cheia",
    "caixa de entrada do destinatário está cheia", "переполнен", "превышен", "przepełniona",
    "skrzynka jest pełna", "schránka je plná", "postvak vol", "postvak is vol", "邮箱已满",
    "邮箱空间不足", "信箱已滿", "空间已满", "容量", "メールボックスがいっぱい", "메일함 용량",
    "메일함이 가득", "용량 초과", "kotası", "kotasi",
))  # fmt: skip
_RATE = Reason("too much mail came at once", False, True, (
    "too many messages", "too many emails", "too many mails", "too many concurrent",
    "too many sessions", "too many errors", "too many bad", "too many invalid", "too many unknown",
    "too many failed", "too many connection", "too frequent", "too quickly", "at a rate",
    "rate limit", "rate-limit", "ratelimit", "rate control", "throttl", "sending limit",
    "hourly limit", "daily limit", "per hour", "message rate", "connection limit", "excessive",
    "frequency limited", "too fast", "exceeded the rate", "maximum number of messages",
    "suspicious due to the", "unusual rate", "usage limit", "has exceeded the max", "max emails",
    "max defers",
))  # fmt: skip
_MANY = Reason("the mail had too many recipients", False, True, (
    "too many recipients", "too many rcpt", "maximum number of recipients", "recipient limit",
    "reciplimit", "recipients exceeded", "too many addressees", "more recipients than",
))  # fmt: skip
_RELAY = Reason("the server does not pass mail on for this sender", False, True, (
    "relay denied", "relaying denied", "relay access denied", "unable to relay", "can't relay",
    "not permitted to relay", "not allowed to relay", "relay not permitted",
    "relay operation rejected", "relaying not", "relaying is", "relaying prohibited",
    "relay prohibited", "not relay", "relaying mail to", "relaying to", "no relay", "rcpthosts",
    "not a gateway", "not an open relay", "not local host", "relay not allowed",
    "this system is not configured to relay", "insecure mail relay", "relay rejected",
    "must check for new mail first", "pop before smtp", "check your mail before",
))  # fmt: skip
_GREY = Reason("the server asked to try again later", False, True, (
    "greylist", "graylist", "grey list", "try again later", "try later", "try again in",
    "please retry", "later time", "temporarily", "temporary", "temporaire", "vorübergehend",
    "temporalmente", "временно",
))  # fmt: skip
_SIZE = Reason("the mail is too large", False, True, (
    "too large", "too big", "size limit", "size exceeds", "message size", "maximum size",
    "exceeds size", "exceeds the maximum", "exceeds maximum", "larger than", "size restriction",
    "sizelimit", "exceeded maximum", "message length exceeds", "over the size",
    "overadvertisedsize", "data size exceeded", "exceeds fixed maximum", "zu groß",
    "trop volumineux", "trop gros", "demasiado grande", "troppo grande", "muito grande",
    "слишком большой", "过大", "过长", "大きすぎ",
))  # fmt: skip
_CONTENT = Reason("the mail's contents were refused", False, True, (
    "virus", "malware", "infected", "trojan", "content reject", "message content",
    "content filter", "contentfilter", "attachment", "executable", "banned file",
    "message rejected due to", "message contains", "mail contains", "mime error", "malformed",
    "bare lf", "bare newline", "bare cr", "headers are not", "header is not", "invalid header",
    "missing from", "missing header", "message header", "duplicate header", "not rfc", "rfc 5322",
    "rfc 2822", "rfc2822", "8bit", "8-bit", "8 bit", "line too long", "charset", "end of data",
    "phish", "contains a url", "suspicious", "objectionable", "inappropriate", "unsolicited",
    "bulk mail", "bulk email", "spam message", "as spam", "is spam", "be spam", "considered spam",
    "likely spam", "spam detected", "spam content", "spam filter", "spam score", "spam-like",
    "spam like", "spammy", "classified as", "looks like spam", "spam rejected", "anti-spam",
    "antispam", "junk mail", "垃圾", "病毒", "спам", "迷惑メール", "스팸",
))  # fmt: skip
_LOOP = Reason("the mail went in a circle", False, True, (
    "loops back", "loop detected", "mail loop", "routing loop", "forwarding loop", "message loop",
    "loop back", "too many hops", "hop count", "hopcount", "hops exceeded", "maximum hop",
    "looping", "already in the delivered-to", "loop count", "mail-loop", "best mx host",
    "listed as a best-preference",
))  # fmt: skip
_RESTRICTED = Reason("the recipient takes mail from some senders only", False, True, (
    "notauthorized", "not authorised to send", "not allowed to send", "no permission",
    "permission to send", "permission to post", "not allowed to post", "not permitted to post",
    "members only", "only members", "not a member", "not subscribed", "closed list", "subscribers",
    "only accepts mail from", "only accepts messages from", "accept mail only from",
    "accepts mail only", "restricted to", "restricted address", "access restricted",
    "delivery restriction", "restricts", "sender not allowed", "not on the list of", "not in my",
    "rejectmessage", "internal only", "authentication is needed",
    "requires that all senders are authenticated", "not authorized", "isn't authorized",
    "blocked the sender", "has blocked you", "you have been blocked", "refused by recipient",
    "recipient has refused", "recipient refused your", "personal block", "user's blacklist",
    "does not want", "blocked by user", "blocked by recipient", "user reject",
    "rejected by recipient", "ip_not_allowed", "limits the e-mail addresses", "approved senders",
    "whitelisted senders", "not whitelisted", "拒收", "发件人被",
))  # fmt: skip
_TLS = Reason("the servers could not agree on encryption", False, True, (
    "starttls", "tls required", "tls handshake", "tls is required", "requires tls", "certificate",
    "mta-sts", "encryption required", "encryption needed", "cipher",
))  # fmt: skip
_EXPIRED_SURE = Reason("the mail could not be delivered in time", False, True, (
    "delivery time expired", "queue.expired", "message has expired", "message expired",
    "retry timeout exceeded", "retry time not reached", "been in the queue", "queue too long",
    "could not be delivered in time", "time limit exceeded", "maximum queue",
    "unable to deliver within", "not delivered within", "message timeout", "delivery timeout",
    "too old", "exceeded maximum time", "exceeded retention", "retry limit", "max retry",
    "maximum retries", "retries exceeded", "hours old", "days old", "after several attempts",
    "giving up after", "cannot be delivered for", "delivery expired", "expiration",
    "has expired after", "could not be delivered after", "could not deliver after",
    "could not be delivered for", "couldn't be delivered for", "not be delivered for the last",
    "returned after", "fail to deliver after", "attempts expired", "validity time",
))  # fmt: skip
_CONNECTION_SURE = Reason("the receiving server could not be reached", False, True, (
    "connection refused", "connection time-out", "connection timeout", "timed out", "time out",
    "operation timed", "connection reset", "connection was dropped", "connection dropped",
    "connection lost", "lost connection", "no route to host", "host unreachable",
    "network is unreachable", "network unreachable", "network error", "could not connect",
    "couldn't connect", "unable to connect", "cannot connect", "failed to connect",
    "connection failed", "connect to", "wasn't able to establish an smtp connection",
    "was not able to establish", "connection died", "host is down", "host down", "not responding",
    "did not respond", "no answer from host", "server unavailable", "service unavailable",
    "service not available", "service is not available", "unable to contact",
    "could not be contacted", "connection closed", "closed connection", "closed the connection",
    "premature", "bad connection", "broken pipe", "socket error", "winsock", "all hosts for",
    "all relevant mx", "all mx", "no mx hosts reachable", "unable to reach",
    "delivery temporarily suspended", "cannot reach", "server busy", "server is busy", "too busy",
    "overloaded", "load average", "system resources", "insufficient system",
    "insufficient resources", "back pressure", "backpressure",
))  # fmt: skip
_LOOKUP_SURE = Reason("looking up the mail domain failed for a while", False, True, (
    "host not found, try again", "try again)", "temporary lookup failure", "lookup timed out",
    "cname lookup failed temporarily", "cname_lookup_failed", "servfail", "dns timeout",
    "temporary dns", "dns temporar", "dns soft error", "temporary failure in name resolution",
    "temporary name", "malformed or unexpected name server", "name server timeout",
))  # fmt: skip
_LOOKUP = Reason("looking up the mail domain failed", False, True, (
    "lookup failure", "dns lookup failed", "dns failure", "dns error", "dns server",
    "cname lookup failed", "dns query failed", "dns problem", "nameserver", "name server",
    "lowest numbered mx", "lowest-numbered", "points to localhost", "has only", "mx points",
    "mx record", "resolves to", "mx problem", "no host found for domain", "dns resolution",
))  # fmt: skip
_SUSPENDED = Reason("the mailbox is suspended for now", False, True, (
    "suspended", "temporarily disabled", "temporarily limited", "temporarily unavailable",
    "temporarily locked", "account is locked", "mailbox locked", "mailbox is locked",
    "user is locked", "account locked", "mailbox busy", "on vacation hold",
    "temporarily deactivated", "temporarily inactive", "frozen", "gesperrt", "冻结",
    "mailbox is busy", "account blocked", "user is blocked", "account is blocked",
))  # fmt: skip
_SPAM = Reason("the mail was taken for spam", False, False, (
    "spam", "junk", "abuse", "bulk",
))  # fmt: skip
_RULE = Reason("a rule of the receiver refused it", False, False, (
    "policy", "block", "not allowed", "not permitted", "prohibited", "forbidden",
    "rejected due to", "rejected for", "rejected by", "refused by", "security", "filter",
    "unacceptable", "administrative prohibition", "administratively", "restricted", "violat",
    "bad word", "deny", "denied", "verboten", "refusé", "rechazad",
))  # fmt: skip
_EXPIRED = Reason("the mail could not be delivered in time", False, False, (
    "expired", "timeout", "giving up", "gave up", "delayed", "tried for too long",
))  # fmt: skip
_SYSTEM = Reason("the receiving server has a fault", False, False, (
    "local configuration", "configuration error", "misconfig", "internal error",
    "internal server", "system error", "system failure", "server error", "server failure",
    "software error", "mailer error", "delivery agent", "can't create", "cannot create",
    "unable to create", "cannot open", "can't open", "could not open", "unable to open",
    "i/o error", "input/output error", "disk error", "database", "ldap", "lookup", "exited with",
    "exit status", "command died", "command output", "unexpected", "transaction failed",
    "local error", "error in processing", "unknown error", "fatal error", "aliases",
    "forward file", "out of memory", "protocol error", "syntax error", "command not",
    "unrecognized command", "bad sequence", "unimplemented", "not implemented", "conversion",
    "processing",
))  # fmt: skip

REASONS: Final = (
    _SENDER, _IDENTITY, _BLOCKED, _FULL, _MANY, _RATE, _RELAY, _LOOP, _SIZE, _TLS, _SUSPENDED,
    _RESTRICTED, _EXPIRED_SURE, MOVED, _LOOKUP_SURE, NO_DOMAIN, DISABLED, REFUSES, GONE,
    _LOOKUP, _CONNECTION_SURE, _GREY, _CONTENT, _SPAM, VAGUE, _RULE, _EXPIRED, _SYSTEM,
)  # fmt: skip
