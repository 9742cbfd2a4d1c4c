# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

import pytest

from gateway.channels.email.quoting import visible_reply

# Attributions as the programs of these languages write them: Gmail, Apple Mail, Thunderbird, others.
ATTRIBUTIONS = [
    "Am Mo., 5. Juli 2021 um 10:00 Uhr schrieb Ada <a@acme.example>:",
    "Am 05.07.2021 um 10:00 schrieb Ada:",
    "Am Montag, 5. Juli 2021, 10:00:00 CEST schrieb Ada Lovelace:",
    "Am 2021-07-05 10:00, schrieb Ada:",
    "Ada <a@acme.example> schrieb am Mo., 5. Juli 2021, 10:00:",
    "Ada Lovelace hat am 05.07.2021 10:00 CEST geschrieben:",
    "Le lun. 5 juil. 2021 à 10:00, Ada <a@acme.example> a écrit :",
    "Le 05/07/2021 à 10:00, Ada a écrit\xa0:",
    "Le lundi 5 juillet 2021 à 10:00:00 UTC+2, Ada <a@acme.example> a écrit :",
    "El lun, 5 jul 2021 a las 10:00, Ada (<a@acme.example>) escribió:",
    "El lun., 5 de julio de 2021 10:00 a. m., Ada <a@acme.example>\nescribió:",
    "El 5/7/21 a las 10:00, Ada escribió:",
    "Il giorno lun 5 lug 2021 alle ore 10:00 Ada <a@acme.example>\nha scritto:",
    "Il 05/07/2021 10:00, Ada ha scritto:",
    "Em seg., 5 de jul. de 2021 às 10:00, Ada <a@acme.example>\nescreveu:",
    "Ada <a@acme.example> escreveu no dia segunda, 5/07/2021 à(s) 10:00:",
    "Op ma 5 jul. 2021 om 10:00 schreef Ada <a@acme.example>:",
    "Op 5 jul. 2021, om 10:00 heeft Ada <a@acme.example> het volgende geschreven:",
    "Den mån 5 juli 2021 kl 10:00 skrev Ada <a@acme.example>:",
    "5 juli 2021 kl. 10:00 skrev Ada <a@acme.example>:",
    "Den man. 5. jul. 2021 kl. 10.00 skrev Ada <a@acme.example>:",
    "man. 5. jul. 2021 kl. 10:00 skrev Ada <a@acme.example>:",
    "ma 5. heinäk. 2021 klo 10.00 Ada (a@acme.example) kirjoitti:",
    "Ada <a@acme.example> kirjoitti 5.7.2021 kello 10.00:",
    "pon., 5 lip 2021 o 10:00 Ada <a@acme.example> napisał(a):",
    "W dniu 05.07.2021 o 10:00, Ada pisze:",
    "Wiadomość napisana przez Ada <a@acme.example> w dniu 05.07.2021, o godz. 10:00:",
    "po 5. 7. 2021 v 10:00 odesílatel Ada <a@acme.example> napsal:",
    "Dne 05. 07. 21 v 10:00 Ada napsal(a):",
    "po 5. 7. 2021 o 10:00 Ada <a@acme.example> napísal(a):",
    "пн, 5 июл. 2021 г. в 10:00, Ada <a@acme.example>:",
    "5 июля 2021 г., в 10:00, Ada <a@acme.example> написал(а):",
    'Понедельник, 5 июля 2021, 10:00 +03:00 от Ada <a@acme.example>:',
    '05.07.2021, 10:00, "Ada" <a@acme.example>:',
    "Вы писали 5 июля 2021 г., 10:00:00:",
    "пн, 5 лип. 2021 р. о 10:00 Ada <a@acme.example> пише:",
    "На пн, 5.07.2021 г. в 10:00 Ada <a@acme.example> написа:",
    "Ada <a@acme.example>, 5 Tem 2021 Pzt, 10:00 tarihinde şunu yazdı:",
    "Ada <a@acme.example> şunları yazdı (5 Tem 2021 10:00):",
    "2021年7月5日(月) 10:00 Ada <a@acme.example>:",
    "2021/07/05 10:00、Ada <a@acme.example>のメール:",
    "Ada <a@acme.example> 于2021年7月5日周一 10:00写道：",
    "张三 于2021年7月5日周一 10:00写道：",
    "Ada <a@acme.example> 於 2021年7月5日 週一 上午10:00寫道：",
    "在 2021-07-05 10:00:00，\"Ada\" <a@acme.example> 写道：",
    "2021년 7월 5일 (월) 오전 10:00, Ada <a@acme.example>님이 작성:",
    "2021. 7. 5. 오전 10:00, Ada <a@acme.example> 작성:",
    "في الاثنين، 5 يوليو 2021 في 10:00 ص تمت كتابة ما يلي بواسطة Ada <a@acme.example>:",
    "\u202bفي ٥ يوليو ٢٠٢١، الساعة ١٠:٠٠، كتب Ada <a@acme.example>:\u202c",
    "\u202bבתאריך יום ב׳, 5 ביולי 2021 ב-10:00 מאת \u202aAda\u202c\u200f <\u202aa@acme.example\u202c>:\u202c",
    "ב-5 ביולי 2021, בשעה 10:00, Ada <a@acme.example> כתב/ה:",
    "Στις Δευ 5 Ιουλ 2021 στις 10:00 π.μ., ο/η Ada <a@acme.example> έγραψε:",
    "Ada <a@acme.example> ezt írta (időpont: 2021. júl. 5., H, 10:00):",
    "2021. 07. 05. 10:00 keltezéssel, Ada írta:",
    "În lun., 5 iul. 2021 la 10:00, Ada <a@acme.example> a scris:",
    "Vào Th 2, 5 thg 7, 2021 vào lúc 10:00 Ada <a@acme.example> đã viết:",
    "pon, 5. srp 2021. u 10:00 Ada <a@acme.example> napisao je:",
    "V pon., 5. jul. 2021 ob 10:00 je oseba Ada <a@acme.example> napisala:",
    "Kuupäev E, 5. juuli 2021 kell 10:00 kirjutas Ada <a@acme.example>:",
    "pirmd., 2021. g. 5. jūl., plkst. 10:00 — lietotājs Ada (<a@acme.example>) rakstīja:",
    "2021-07-05, pr, 10:00 Ada <a@acme.example> rašė:",
    "Missatge de Ada <a@acme.example> del dia dl., 5 de jul. 2021 a les 10:00:",
    "เมื่อ จ. 5 ก.ค. 2021 เวลา 10:00 Ada <a@acme.example> เขียนว่า:",
    "Pada Sen, 5 Jul 2021 pukul 10.00 Ada <a@acme.example> menulis:",
    "در تاریخ دوشنبه ۵ ژوئیهٔ ۲۰۲۱،\u200f ۱۰:۰۰ Ada <a@acme.example> نوشت:",
    "Þann mán., 5. júl. 2021 kl. 10:00 skrifaði Ada <a@acme.example>:",
]  # fmt: skip


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_veras_program_introduces_the_quote_in_her_language(attribution: str) -> None:
    assert visible_reply(f"Ja.\nVera\n\n{attribution}\n\n> Rot?\n", None) == "Ja.\nVera"
    assert visible_reply(f"Ja.\nVera\n{attribution}\n> Rot?\n>\n\nPS", None) == "Ja.\nVera\n\nPS"
    html = attribution.replace("<", "&lt;").replace("\n", "<br>")
    quote = f"<div>Ja.</div><div>{html}<br></div><blockquote>Rot?</blockquote>"
    assert visible_reply(None, quote) == "Ja."


UNMARKED = [line for line in ATTRIBUTIONS if not line.startswith(("Вы писали", "Missatge"))]


@pytest.mark.parametrize("attribution", UNMARKED)
def test_a_quote_without_marks_ends_veras_words(attribution: str) -> None:
    assert visible_reply(f"Ja.\n\n{attribution}\n\nRot?\nAda\n", None) == "Ja."


HEADERS = [
    ("Von", "Gesendet", "An", "Betreff"), ("Von", "Datum", "An", "Betreff"),
    ("De ", "Envoyé ", "À ", "Objet "), ("De", "Enviado el", "Para", "Asunto"),
    ("De", "Enviado", "Para", "Asunto"), ("Da", "Inviato", "A", "Oggetto"),
    ("De", "Enviada em", "Para", "Assunto"), ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("Från", "Skickat", "Till", "Ämne"), ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"), ("Od", "Wysłano", "Do", "Temat"),
    ("Od", "Odesláno", "Komu", "Předmět"), ("От", "Отправлено", "Кому", "Тема"),
    ("Від", "Надіслано", "Кому", "Тема"), ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("差出人", "送信日時", "宛先", "件名"), ("发件人", "发送时间", "收件人", "主题"),
    ("寄件者", "寄件日期", "收件者", "主旨"), ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    ("من", "تم الإرسال", "إلى", "الموضوع"), ("מאת", "נשלח", "אל", "נושא"),
    ("Από", "Στάλθηκε", "Προς", "Θέμα"), ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("De la", "Trimis", "Către", "Subiect"), ("Từ", "Đã gửi", "Đến", "Chủ đề"),
]  # fmt: skip


@pytest.mark.parametrize("labels", HEADERS, ids=[labels[0] for labels in HEADERS])
def test_outlook_heads_the_quote_in_veras_language(labels: tuple[str, str, str, str]) -> None:
    values = ("Ada Lovelace <a@acme.example>", "5. 7. 2021 10:00", "Vera", "AW: Lampe")
    block = "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
    assert visible_reply(f"Ja.\n\n{block}\n\nRot?", None) == "Ja."
    starred = "\n".join(f"*{label}:* {value}" for label, value in zip(labels, values, strict=True))
    assert visible_reply(f"Ja.\n\n{starred}\n\nRot?", None) == "Ja."
    rich = "<br>".join(
        f"<b>{label}:</b> {value}" for label, value in zip(labels, values, strict=True)
    )
    rich = rich.replace("<a@acme.example>", "&lt;a@acme.example&gt;")
    assert visible_reply(None, f"<p>Ja.</p><p>{rich}</p><p>Rot?</p>") == "Ja."


SEPARATORS = [
    "-------- Ursprüngliche Nachricht --------", "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----", "-------- Message original --------",
    "-----Mensaje original-----", "-----Messaggio originale-----", "-----Mensagem original-----",
    "-----Oorspronkelijk bericht-----", "-----Ursprungligt meddelande-----",
    "-----Oprindelig meddelelse-----", "-----Opprinnelig melding-----", "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----", "-----Původní zpráva-----", "-------- Исходное сообщение --------",
    "-------- Пересылаемое сообщение --------", "-----Orijinal Mesaj-----", "---------- İletilen mesaj ----------",
    "------------------ 原始邮件 ------------------", "-----元のメッセージ-----", "-----원본 메시지-----",
    "----- הודעה מקורית -----", "-----الرسالة الأصلية-----", "-----Αρχικό μήνυμα-----",
    "-----Eredeti üzenet-----", "-----Mesaj original-----", "Anfang der weitergeleiteten Nachricht:",
    "Début du message réexpédié :", "Inizio messaggio inoltrato:", "---------- Forwarded message ---------",
]  # fmt: skip


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_title_between_dashes_ends_veras_words(separator: str) -> None:
    assert visible_reply(f"Ja.\n\n{separator}\nSomebody: Ada\n\nRot?", None) == "Ja."


FOOTERS = [
    "Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Sent from Yahoo Mail for iPhone",
    "Sent via the Samsung Galaxy S10, an AT&T 5G Evolution capable smartphone", "Get Outlook for Android",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>", "Von meinem iPhone gesendet",
    "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet von Mail für Windows",
    "Gesendet mit der GMX Mail App", "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Outlook für Android herunterladen", "Holen Sie sich Outlook für iOS", "Envoyé de mon iPhone",
    "Envoyé à partir d’Outlook pour Android", "Télécharger Outlook pour iOS",
    "Envoyé depuis mon appareil Samsung", "Enviado desde mi iPhone", "Obtener Outlook para iOS",
    "Enviado do meu iPhone", "Obter o Outlook para iOS", "Inviato da iPhone", "Scarica Outlook per iOS",
    "Verstuurd vanaf mijn iPhone", "Download Outlook voor iOS", "Skickat från min iPhone",
    "Sendt fra min iPhone", "Lähetetty iPhonesta", "Hanki Outlook for iOS", "Wysłane z iPhone'a",
    "Odesláno z iPhonu", "Отправлено с iPhone", "Отправлено из мобильной Почты Mail.ru",
    "Надіслано з iPhone", "iPhone'umdan gönderildi", "iOS için Outlook'u edinin", "iPhoneから送信",
    "发自我的iPhone", "從我的 iPhone 傳送", "获取 Outlook for iOS", "나의 iPhone에서 보냄",
    "أُرسلت من الـ iPhone", "נשלח מה-iPhone שלי", "Στάλθηκε από το iPhone μου",
    "Elküldve az iPhone-omról", "Trimis de pe iPhone-ul meu", "Được gửi từ iPhone của tôi",
    "Poslano z mojega iPhona", "Dikirim dari iPhone saya", "ส่งจาก iPhone ของฉัน",
]  # fmt: skip


@pytest.mark.parametrize("footer", FOOTERS)
def test_veras_telephone_adds_its_line_in_her_language(footer: str) -> None:
    assert visible_reply(f"Ja.\n\n{footer}", None) == "Ja."
    assert (
        visible_reply(f"Ja.\n\n{footer}\n\n> Am 5. Juli 2021 schrieb Ada:\n> Rot?", None) == "Ja."
    )
    assert visible_reply(f"{footer}\n\nOn 5 Jul 2021, Ada wrote:\n> Rot?\n\nJa.", None) == "Ja."
