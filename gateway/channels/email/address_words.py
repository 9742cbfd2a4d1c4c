"""What receiving servers say when the address itself is no good. Data alone, lower-case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to refuse, in our words, and how servers put it.

    ``hard``: the address is no good. ``sure``: the words outweigh any status code.
    """

    meaning: str
    hard: bool
    sure: bool
    phrases: tuple[str, ...]


MOVED: Final = Reason("the mailbox has moved", True, True, (
    "has moved", "user moved", "please try <", "user not local; please try", "new address is",
    "new e-mail address is", "address has changed", "address changed", "has a new address",
    "new email address", "has been replaced by", "please use the new address",
    "no longer uses this", "no longer using", "left the company", "no longer with",
    "no longer works", "no longer employed", "has left", "change of address",
))  # fmt: skip
DISABLED: Final = Reason("the mailbox is disabled", True, True, (
    "account has been disabled", "account disabled", "mailbox disabled",
    "mailbox has been disabled", "user disabled", "deactivated", "is inactive", "inactive user",
    "inactive mailbox", "account inactive", "mailbox inactive", "inactive recipient", "not active",
    "isn't active", "not been active", "inactive for", "account is closed", "account closed",
    "account has been closed", "mailbox closed", "mailbox is closed", "been terminated",
    "account expired", "has expired", "account has been suspended permanently", "address disabled",
    "recipient disabled", "alias disabled", "discontinued", "no longer active",
    "no longer in service", "no longer in use", "no longer valid", "no longer exists",
    "no longer accept", "no longer available", "no longer a valid", "no longer on", "no longer at",
    "no longer has", "been removed", "been deleted", "has been cancelled", "has been canceled",
    "accountdisabled", "mailboxdisabled", "dormant", "expired account", "retired",
    "account canceled", "account cancelled", "not activated", "is not enabled",
    "user account is expired", "recipient's account is", "is disabled", "deaktiviert", "désactivé",
    "desactivad", "disattivat", "отключен", "заблокирован", "неактив", "已被禁用", "停用", "휴면",
))  # fmt: skip
NO_DOMAIN: Final = Reason("there is no such mail domain", True, True, (
    "point to non-existent hosts", "domain name not found", "dns hard error", "host not found",
    "host unknown", "unknown host", "domain not found", "unknown domain", "domain unknown",
    "no such domain", "no such host", "domain does not exist", "domain doesn't exist",
    "name or service not known", "couldn't find any host", "could not find any host",
    "couldn't find a mail exchanger", "unable to find any host", "domain must exist",
    "invalid domain", "nxdomain", "non-existent domain", "nonexistent domain", "nonexistentdomain",
    "infodomainnonexistent", "domain is not local", "address family not supported", "no mx for",
    "no mail exchanger", "no mail server", "unrouteable mail domain", "unroutable mail domain",
    "illegal host/domain", "bad destination host", "bad destination system", "hostname unknown",
    "no dns", "unresolvable", "not resolve", "cannot be resolved", "could not be resolved",
    "can't be resolved", "domain suspended", "domain disabled", "domain is not hosted",
    "domain is not found", "domain is not valid", "domain expired", "domain isn't",
    "domain no longer", "domain couldn't be found", "because the domain", "domain name is invalid",
    "domäne wurde nicht gefunden", "domain existiert nicht", "domaine inconnu",
    "domaine n'existe pas", "dominio no existe", "dominio inexistente", "domínio não",
    "域名不存在", "домен не", "domain nicht",
))  # fmt: skip
REFUSES: Final = Reason("the mail domain takes no mail at all", True, True, (
    "does not accept mail", "does not accept email", "doesn't accept mail", "do not accept mail",
    "null mx", "nullmx", "accepts no mail", "not accepting network messages",
    "not accept any mail", "does not receive mail", "no incoming mail", "not accepting mail",
    "not accepting messages", "not accept messages", "not accepting any", "no mail accepted",
    "does not handle mail", "no longer accepts", "unmonitored", "mailbox is not monitored",
    "send-only", "not configured to accept", "does not accept incoming", "not receive email",
    "not accept mail for this", "smtp-dienst", "nimmt keine", "keine mails an", "not taking mail",
))  # fmt: skip
GONE: Final = Reason("there is no such mailbox", True, True, (
    "does not specify a valid", "user unknown", "recipient address rejected: access denied",
    "unknown user", "userunknown", "nosuchuser", "no such user", "no such local user",
    "no such person", "no such account", "no such email", "no such e-mail", "no such address",
    "no such recipient", "no such id", "no such member", "no such name", "no such alias",
    "no such contact", "no such mail", "no mailbox", "no user", "no account", "no recipient",
    "no valid recipient", "no valid address", "no local mailbox", "no address", "not a user",
    "not a valid", "not a known", "not a local", "not a registered", "not our customer",
    "not our user", "invalid recipient", "invalid mailbox", "invalid user", "invalid address",
    "invalid account", "invalid email", "invalid e-mail", "invalid final", "invalid destination",
    "unknown recipient", "recipient unknown", "recipients unknown", "recipient is unknown",
    "unknown mailbox", "unknown account", "unknown address", "unknown local", "unknown or illegal",
    "unknown e-mail", "unknown email", "unknown to", "address unknown", "address is unknown",
    "mailbox unknown", "account unknown", "unknown in virtual", "unknown in local",
    "user not found", "usernotfound", "mailbox not found", "mailboxnotfound", "account not found",
    "address not found", "recipient not found", "recipientnotfound", "recipnotfound",
    "email not found", "name not found", "name was not found", "alias not found",
    "not found in directory", "not found in the", "not be found", "wasn't found",
    "couldn't be found", "can't be found", "cannot find", "can't find", "doesn't exist",
    "don't exist", "not exist", "non-existent", "non existent", "nonexist", "unroutable address",
    "unrouteable", "user doesn't have", "doesn't have a", "does not have a",
    "address rejected: undeliverable", "rejected recipient", "bad destination", "bad address",
    "bad recipient", "bad mailbox", "no mail-enabled", "no mail box", "isn't known",
    "not listed in", "not in directory", "not in the directory", "not in our", "not in user",
    "isn't in", "illegal alias", "illegal user", "addressee unknown", "addressee not",
    "user not known", "who are you", "mailbox unavailable", "mailbox is unavailable",
    "mailbox not available", "mailbox is not available", "unavailable mailbox",
    "unavailable or access denied", "undeliverable address", "undeliverable recipient",
    "nobody by that", "by that name", "not registered", "unregistered", "not have mailbox",
    "unknown_user", "user is unknown", "ambiguous", "user name is unknown",
    "e-mail account does not", "no customer", "recipient cannot be verified",
    "recipient verify failed", "mailbox does not", "cannot deliver to this", "no match for",
    "not in a domain", "this user is not", "unverified address", "address no longer",
    "not assigned", "no longer known", "recipient is invalid", "recipient invalid", "user invalid",
    "is not valid", "incorrect recipient", "no matches to", "wrong address", "wrong recipient",
    "not defined", "unable to find", "recipient does not", "not hosted here", "not handled here",
    "mailbox name not allowed", "local part", "addressing error", "unbekannt", "existiert nicht",
    "nicht gefunden", "kein benutzer", "nicht vorhanden", "ungültige empfänger", "gibt es nicht",
    "inconnu", "n'existe pas", "introuvable", "adresse invalide", "n'a pas été trouvé",
    "desconocido", "no existe", "no encontrad", "no se encontró", "no se ha encontrado",
    "inexistente", "sconosciut", "inesistente", "non esiste", "non trovat", "non è stato trovato",
    "desconhecido", "não existe", "não foi encontrad", "não encontrad", "не найден",
    "не существует", "не обнаружен", "неизвест", "несуществующ", "нет такого", "nie istnieje",
    "nieznany", "neexistuje", "neznám", "nie znaleziono", "bestaat niet", "onbekend",
    "niet gevonden", "finns inte", "hittades inte", "okänd", "findes ikke", "ukendt",
    "finnes ikke", "ukjent", "ei löydy", "ei ole olemassa", "nem létezik", "ismeretlen",
    "bulunamad", "mevcut değil", "bilinmeyen", "δεν υπάρχει", "不存在", "未找到", "没有找到",
    "查無此", "用户不", "存在しない", "存在しません", "宛先が見つかり", "宛先不明",
    "見つかりません", "존재하지 않", "없는 사용자", "알 수 없는", "not in post office",
    "name is not recognized", "address not recognized", "address is not recognized",
    "user not recognized", "recipient not recognized", "mailbox not recognized",
    "unrecognised o/r", "unrecognized o/r", "unrecognized recipient", "unrecognized address",
    "unrecognized user", "recognized or name", "recognised or name",
))  # fmt: skip
VAGUE: Final = Reason("the address was refused", True, False, (
    "recipient rejected", "address rejected", "unable to verify", "not available", "not valid",
    "is invalid", "not known", "is unknown", "recipient not accepted", "recipient refused",
    "user not accepted", "rejected recipient", "refused recipient",
))  # fmt: skip
