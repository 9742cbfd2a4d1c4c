# ruff: noqa: E501, RUF001
"""What mail programs and phones put under a mail, and what is asked to stand over a quote.

Data alone, lower-case as ``str.casefold`` makes it.
"""

from __future__ import annotations

from typing import Final

# "Sent from my …", by how the line begins; it names a thing or a program.
FROM: Final = (
    "sent from", "sent on the go", "sent securely from", "message sent from", "get outlook for",
    "download outlook for", "get the outlook", "get yahoo mail", "get boxer",
    "gesendet von", "gesendet aus", "holen sie sich outlook", "hol dir outlook", "laden sie outlook",
    "envoyé de", "envoyé depuis", "envoyé à partir", "envoyée depuis", "envoyé d'", "envoyé d’",
    "message envoyé depuis", "obtenez outlook", "obtenir outlook", "télécharger outlook",
    "téléchargez outlook", "provenance :",
    "enviado desde", "enviado de", "enviado do", "enviado da", "enviado a partir", "enviada do",
    "enviat des", "obtener outlook", "obtenga outlook", "consigue outlook", "descarga outlook",
    "descargar outlook", "obter o outlook", "obter outlook", "obtenha o outlook", "baixar outlook",
    "inviato da", "inviato dal", "inviata da", "ottieni outlook", "scarica outlook",
    "verzonden vanaf", "verzonden van", "verzonden vanuit", "verstuurd vanaf", "verstuurd van",
    "verstuurd vanuit", "download outlook voor",
    "skickat från", "skickades från", "skickat frå", "hämta outlook", "skaffa outlook", "sendt fra",
    "sendt frå", "hent outlook", "få outlook", "skaff deg outlook", "last ned outlook", "lähetetty", "hanki outlook", "sent fra",
    "wysłane z", "wysłano z", "wiadomość wysłana z", "pobierz outlook", "pobierz aplikację outlook", "pobierz program outlook",
    "odesláno z", "odesláno ze", "odoslané z", "odoslané zo", "poslané z", "získat outlook",
    "stáhnout outlook", "získajte outlook",
    "отправлено с", "отправлено из", "отправлено со", "отправлено от", "послано с", "скачать outlook",
    "отправлено мобильным", "получить outlook", "надіслано з", "надіслано із", "відправлено з",
    "відправлено із", "завантажити outlook", "отримати outlook", "изпратено от", "послато са",
    "poslano z", "poslano s", "poslano iz", "poslano sa", "trimis de pe", "trimis din", "trimis de la",
    "descărcați outlook", "obțineți outlook", "elküldve", "küldve",
    "στάλθηκε από", "εστάλη από", "αποστολή από", "αποκτήστε το outlook", "λήψη του outlook",
    "được gửi từ", "đã gửi từ", "gửi từ", "tải outlook", "tải xuống outlook", "tải về outlook",
    "dikirim dari", "saadetud minu", "išsiųsta iš", "nosūtīts no", "ส่งจาก", "bidali da",
    "发自", "發自", "来自我的", "來自我的", "发送自", "傳送自", "获取 outlook", "获取适用于", "取得 outlook",
    "取得適用於", "下载 outlook", "下載 outlook",
    "مُرسل من", "مُرسلة من", "أرسل من", "أُرسل من", "أُرسلت من", "أرسلت من", "مرسل من", "تم الإرسال من", "تم إرساله من",
    "الحصول على outlook", "احصل على outlook", "ارسال شده از",
    "נשלח מ", "נשלח באמצעות", "קבל את outlook", "השג את outlook", "הורד את outlook", "קבל outlook",
)  # fmt: skip
# "Sent with …": the line names a program or a make, as a plain "mail" may be what a person means.
WITH: Final = (
    "sent via", "sent with", "sent using", "sent by", "sent through", "gesendet mit",
    "gesendet über", "gesendet via", "gesendet per", "versendet mit", "verschickt mit",
    "diese nachricht wurde mit", "envoyé avec", "envoyé par", "envoyé via", "envoyé sur",
    "enviado con", "enviado com", "enviado pelo", "enviado pela", "enviado via", "enviado por",
    "enviado mediante", "inviato con", "inviato tramite", "verzonden met", "verzonden via",
    "verzonden door", "verstuurd met", "verstuurd via", "skickat via", "skickat med", "sendt via",
    "sendt med", "wysłane za", "wysłano za", "wysłane przez", "wysłane przy", "odesláno pomocí",
    "odesláno přes", "отправлено через", "отправлено при помощи", "надіслано через",
    "надіслано за допомогою", "trimis cu", "trimis prin", "στάλθηκε μέσω", "sendt fra outlook",
)  # fmt: skip
# The same in languages that put the verb last: how the line begins and ends.
FRAMES: Final = (
    ("get ", "for android"), ("get ", "for ios"), ("von mein", "gesendet"), ("von unterwegs", "gesendet"), ("von outlook", "gesendet"),
    ("von yahoo", "gesendet"), ("von samsung", "gesendet"), ("vom iphone", "gesendet"),
    ("von iphone", "gesendet"), ("vom ipad", "gesendet"), ("mit der", "gesendet"),
    ("mit outlook", "gesendet"), ("von", "verschickt"), ("diese nachricht wurde", "gesendet"),
    ("diese e-mail wurde", "gesendet"), ("outlook für", "beziehen"), ("outlook für", "herunterladen"),
    ("outlook voor", "downloaden"), ("", "dan gönderildi"), ("", "den gönderildi"),
    ("", "tan gönderildi"), ("", "ten gönderildi"), ("", "ile gönderildi"), ("ios için", "edinin"),
    ("android için", "edinin"), ("", "から送信"), ("", "より送信"), ("", "から送信しました"),
    ("", "で送信"), ("", "から送られました"), ("outlook", "を入手"), ("", "outlook を入手"), ("", "에서 보냄"), ("", "에서 보냈습니다"),
    ("", "에서 전송"), ("", "에서 전송함"), ("", "에서 보낸 메일"), ("", "에서 보낸 메일입니다"),
    ("ios용", "다운로드"), ("android용", "다운로드"), ("outlook", "다운로드"), ("", "ról küldve"),
    ("", "ről küldve"), ("", "ból küldve"), ("", "ből küldve"), ("az outlook", "beszerzése"),
    ("az outlook", "letöltése"), ("从", "发送"), ("從", "傳送"), ("從", "發送"), ("通过", "发送"),
    ("從", "寄出"), ("用", "发送"), ("从", "发出"), ("ios 版", "outlook"), ("", "लिए भेजा गया"),
)  # fmt: skip
# Programs, makes and networks.
MAKES: Final = (
    "iphone", "ipad", "ipod", "ios", "android", "blackberry", "samsung", "galaxy", "windows",
    "nokia", "huawei", "xiaomi", "redmi", "pixel", "oneplus", "oppo", "honor", "motorola", "moto",
    "htc", "lg", "sony", "xperia", "lumia", "nexus", "mac", "macbook", "watch", "gmail", "outlook",
    "yahoo", "hotmail", "aol", "telekom", "mail app", "proton", "protonmail", "gmx", "web.de", "k-9", "spark", "mailbird",
    "thunderbird", "tutanota", "tuta", "fastmail", "bluemail", "airmail", "newton", "superhuman",
    "hey", "missive", "zoho", "verizon", "t-mobile", "at&t", "vodafone", "orange", "telstra", "sfr",
    "o2", "rogers", "sprint", "яндекс", "mail.ru", "айфона", "qq", "qq邮箱", "mailspring", "boxer",
    "mymail", "email.de", "1&1", "freenet", "libero", "tiscali", "laposte", "naver", "daum", "roundcube",
    "acer", "lenovo", "zte", "wiko", "fairphone", "alcatel", "asus", "realme", "vivo", "poco",
)  # fmt: skip
THINGS: Final = (
    "mobile", "mobil", "mobiele", "móvil", "movil", "móviles", "celular", "cellulare", "telefon",
    "telefoon", "telefono", "teléfono", "téléphone", "telefone", "phone", "smartphone",
    "smarttelefon", "handy", "puhelimesta", "puhelimestani", "tablet", "tablette", "portable",
    "komórki", "mobilu", "mobiltelefon", "mobiltelefonu", "telefonu", "gsm", "mail", "e-mail", "email",
    "почты", "почта", "телефона", "телефону", "смартфона", "мобильного", "手机", "手機", "邮箱", "郵箱",
    "스마트폰", "휴대폰", "携帯", "スマートフォン", "κινητό", "هاتفي", "الهاتف", "جوال", "הנייד", "הטלפון",
    "điện thoại", "device", "gerät", "android-gerät", "appareil", "dispositivo", "laptop", "desktop",
    "app", "webmail", "cep", "telefonumdan", "cihazımdan", "unterwegs",
)  # fmt: skip
# Anything with one of these in it was added by a virus scanner.
SCANNERS: Final = (
    "avast.com/sig-email", "avg.com/email-signature", "#dab4fad8-", "virus-free. www.av",
    "virus-free.www.av", "avast.com/antivirus", "virenfrei. www.av", "virenfrei.www.av",
    "garanti sans virus. www.av", "libre de virus. www.av", "privo di virus. www.av",
    "livre de vírus. www.av", "virusvrij. www.av", "wolny od wirusów. www.av",
    "без вирусов. www.av",
)  # fmt: skip
KNOWN_LINES: Final = frozenset(
    {
        "yahoo mail: search, organize, conquer", "yahoo mail: search, organise, conquer",
        "virus-free.", "virenfrei.", "garanti sans virus.", "libre de virus.", "privo di virus.",
        "livre de vírus.", "virusvrij.", "wolny od wirusów.", "без вирусов.", "www.avast.com",
        "www.avg.com", "virus-free", "libre de virus", "virenfrei", "garanti sans virus",
    }
)  # fmt: skip
EXCUSES: Final = (
    "please excuse", "excuse my brevity", "excuse typos", "excuse any typos", "pardon my brevity",
    "pardon any typos", "pardon typos", "sorry for typos", "bitte entschuldige", "entschuldigen sie",
    "excusez la brièveté", "veuillez excuser", "disculpe la brevedad", "disculpa mi brevedad",
)  # fmt: skip

# An ornamented line with one of each asks to write above it, or not below.
ABOVE_WORDS: Final = (
    "above", "below", "oberhalb", "über", "unterhalb", "au-dessus", "au dessus", "ci-dessus",
    "encima", "sobre", "acima", "abaixo", "sopra", "sotto", "boven", "onder", "ovanför", "över",
    "over", "under", "yläpuolelle", "powyżej", "poniżej", "nad ", "выше", "над", "ниже", "вище",
    "üzerine", "üstüne", "yukarı", "上", "以下", "위에", "위로", "trên", "deasupra", "fölé", "fölött",
    "πάνω", "מעל", "فوق", "iznad", "damunt", "เหนือ", "di atas",
)  # fmt: skip
LINE_WORDS: Final = (
    "line", "zeile", "linie", "ligne", "línea", "linea", "riga", "linha", "regel", "lijn", "raden",
    "linjen", "linje", "linii", "linią", "řádek", "čáru", "riadok", "строк", "черт", "рядк", "satır",
    "çizgi", "行", "线", "線", "줄", "선 ", "dòng", "linia", "sor", "vonal", "γραμμή", "שורה", "קו",
    "سطر", "خط", "redak", "rivin", "línia", "บรรทัด", "baris",
)  # fmt: skip

# Other desks' marker lines: a quote follows.
MARKER_WORDS: Final = (
    "reply above this line", "reply above this", "type your reply above", "write above this line",
    "reply above the line", "write your reply above", "respond above this line", "reply above line",
    "antworten sie oberhalb dieser", "antwort oberhalb dieser", "über dieser zeile antworten",
    "antworten sie über dieser", "bitte oberhalb dieser", "ihre antwort über dieser",
    "répondez au-dessus de cette ligne", "répondre au-dessus de cette ligne",
    "répondre au-dessus", "veuillez répondre au-dessus", "saisissez votre réponse au-dessus",
    "responda por encima de esta línea", "responder por encima de esta línea",
    "responda encima de esta línea", "escriba su respuesta por encima", "responde sobre esta línea",
    "rispondi sopra questa riga", "rispondere sopra questa riga", "rispondi al di sopra",
    "responda acima desta linha", "responder acima desta linha", "digite sua resposta acima",
    "antwoord boven deze", "reageer boven deze", "typ uw antwoord boven", "svara ovanför denna",
    "svar over denne linje", "svar over denne linjen", "odpowiedz powyżej tej linii",
    "odpovězte nad tento", "ответьте выше этой", "напишите ответ выше", "bu satırın üzerine",
    "この行より上に", "この行の上に", "请在此行以上", "請在此行以上", "请在此线上方回复",
)  # fmt: skip
