# ruff: noqa: E501, RUF001
"""How mail programs say, in their languages, that the words below are somebody else's.

Data alone: the verbs and openings of "On …, X wrote:", the labels of header blocks, the titles of
separator lines. Collected from what the programs write (Gmail, Outlook, Apple Mail, Thunderbird,
Yahoo, Proton, mail.ru, Yandex, QQ, NetEase, Naver, Roundcube, Horde, Zoho, The Bat!). All lower-case
as ``str.casefold`` makes it.
"""

from __future__ import annotations

from typing import Final

# "wrote", by language. Scripts that put no space between words are in `VERBS_UNSPACED`.
VERBS: Final = (
    "wrote", "writes", "has written", "said", "says",
    "schrieb", "schrieben", "schreibt", "hat geschrieben", "geschrieben",
    "a écrit", "a ecrit", "avez écrit", "écrivait", "écrit",
    "escribió", "escribio", "escribe", "ha escrito",
    "ha scritto", "scrisse", "scrive", "hai scritto",
    "escreveu", "escreve", "escribiu", "va escriure", "ha escrit",
    "schreef", "heeft geschreven", "het volgende geschreven", "schrijft",
    "skrev", "skrev følgende", "skriver", "kirjoitti", "kirjoittaa", "skrifaði",
    "napisał(a)", "napisał/a", "napisał", "napisała", "napisali", "napisana przez", "pisze",
    "napsal(a)", "napsal/a", "napsal", "napsala", "píše",
    "napísal(a)", "napísal/a", "napísal", "napísala",
    "написал(а)", "написал", "написала", "писал(а)", "писал", "писала", "писали", "пишет",
    "пишете", "написав(ла)", "написав", "написала(в)", "написав/ла", "писав", "пише", "написа",
    "написао", "написао/ла", "је написао", "је написао/ла", "напиша",
    "şunu yazdı", "şunları yazdı", "şöyle yazdı", "yazdı", "yazmış", "yazıyor",
    "έγραψε", "έγραψαν", "γράφει", "έγραψε/αν",
    "írta", "ezt írta", "írja", "ezt írja", "a következőt írta",
    "a scris", "a scris următoarele", "scrie",
    "đã viết", "viết", "napisao je", "napisala je", "napisao/la je", "je napisao", "je napisala",
    "je napisao/la", "je napisal", "je napisala", "je napisal/a", "je oseba", "napisao",
    "kirjutas", "rakstīja", "rašė", "parašė", "menulis", "telah menulis", "idatzi du",
    "كتب", "كتبت", "كتب/كتبت", "كتب(ت)", "يكتب", "تمت كتابة ما يلي بواسطة", "نوشت",
    "כתב", "כתבה", "כתב/ה", "כתב/כתבה", "כותב", "מאת",
    "ने लिखा",
)  # fmt: skip
VERBS_UNSPACED: Final = (
    "写道", "寫道", "写到", "寫到", "写了", "撰寫", "来信", "のメール", "さんは書きました",
    "は書きました", "が書きました", "書きました", "さんのメッセージ", "のメッセージ", "さんは次のように",
    "님이 작성", "작성", "님이 쓴 글", "님의 말", "썼습니다", "님께서 작성", "เขียนว่า", "เขียน",
)  # fmt: skip

# The first word or words of an attribution that does not begin with a date or a name.
OPENERS: Final = (
    "on ", "at ", "in a message dated ", "quoting ", "in reply to ",
    "am ", "um ", "zitat von ", "vom ", "von ", "an ",
    "le ", "à ", "a ", "citation de ", "de ",
    "el ", "en ", "citando a ", "mensaje de ", "la ", "il ", "in data ", "alle ", "citando ", "da ",
    "em ", "no dia ", "na ", "às ", "o ", "missatge de ", "o dia ",
    "op ", "citeren ", "citaat van ", "om ", "den ", "på ", "kl ", "kl. ", "citerar ", "citat ",
    "d. ", "lainaus ", "klo ", "þann ",
    "w dniu ", "dnia ", "cytowanie ", "w ", "dne ", "citát ", "v ", "dňa ", "u ", "dana ", "sukā ",
    "в ", "во ", "от ", "цитирую ", "у ", "на ", "в пн", "дана ", "вы ", "ви ",
    "στις ", "την ", "τη ", "τις ", "în ", "pe ", "la data ", "vào ", "lúc ", "ngày ", "pada ",
    "kuupäev", "gada ", "il giorno ",
    "في ", "بتاريخ ", "يوم ", "در ", "בתאריך ", "ב-", "ב ", "ביום ", "בשעה ",
    "在", "於", "于", "เมื่อ", "วันที่",
)  # fmt: skip
# Openings that alone make a line above a quote an attribution, verb or not.
CITING_OPENERS: Final = (
    "quoting ", "zitat von ", "citation de ", "citando ", "citeren ", "citaat van ", "citerar ",
    "lainaus ", "cytowanie ", "citát ", "цитирую ", "missatge de ", "in a message dated ",
    "in reply to ", "in response to ",
)  # fmt: skip

# A writer telling of their own letter: "On 5 July at 10:00 I wrote:" begins no quote.
OWN_WORDS: Final = (
    " i wrote", "schrieb ich", "ich schrieb", "habe ich", "ich habe", "ich hatte", "you said",
    " we wrote", "i said", " they said", "j'ai ", "j’ai ", "je vous ", "ik schreef", "schreef ik",
    "jag skrev", "skrev jag", "jeg skrev", "skrev jeg", "я писал", "я написал", "я пишу",
)  # fmt: skip

# Whose words follow is a thing, and no person: "Your page says:" begins no quote of ours. What may
# begin a name too ("The Acme Team", "de Vries", "My Nguyen") is none of these.
OF_THINGS: Final = (
    "your ", "our ", "this ", "that ", "ihre ", "ihr ", "eure ", "meine ", "unsere ", "diese ",
    "dieser ", "votre ", "vos ", "notre ", "cette ", "vuestra ", "nuestra ", "esta ", "vostra ",
    "nostra ", "questa ", "uw ", "jullie ", "onze ", "deze ", "ваш ", "ваша ", "мой ", "моя ",
)  # fmt: skip

# Labels of a quoted header block, by what they hold. One label may stand for two.
LABELS: Final[dict[str, tuple[str, ...]]] = {
    "from": (
        "from", "von", "absender", "de", "expéditeur", "remitente", "desde", "da", "mittente",
        "remetente", "van", "afzender", "från", "avsändare", "fra", "afsender", "avsender",
        "lähettäjä", "keneltä", "od", "кога", "nadawca", "odesílatel", "odesilatel", "odosielateľ",
        "от", "от кого", "отправитель", "від", "від кого", "кому від", "відправник", "kimden",
        "gönderen", "差出人", "送信者", "送信元", "发件人", "發件人", "寄件者", "寄件人", "보낸 사람",
        "보낸사람", "보낸이", "발신", "من", "المرسل", "מאת", "από", "αποστολέας", "feladó", "küldő",
        "de la", "expeditor", "từ", "người gửi", "šalje", "pošiljatelj", "saatja", "no", "nuo",
        "dari", "จาก", "frá", "از", "od koga",
        "пошиљалац", "подател", "sändare", "प्रेषक", "فرستنده", "nga", "mula", "siuntėjas", "sūtītājs",
    ),
    "date": (
        "sent", "date", "sent at", "sent on", "date sent", "gesendet", "gesendet am", "datum",
        "envoyé", "envoyé le", "date d'envoi", "enviado", "enviado el", "fecha", "enviado em",
        "enviada", "enviada em", "enviada a", "data", "inviato", "data invio", "verzonden",
        "verzonden op", "verstuurd", "skickat", "sendt", "dato", "skickades", "lähetetty",
        "päivämäärä", "päiväys", "pvm", "wysłano", "wysłane", "data wysłania", "odesláno",
        "odoslané", "dátum", "отправлено", "отправлен", "дата", "дата отправки", "надіслано",
        "відправлено", "gönderildi", "gönderme tarihi", "gönderilme tarihi", "tarih", "送信日時",
        "日時", "日付", "发送时间", "发送日期", "发件时间", "日期", "已发送", "時間", "时间",
        "發送時間", "傳送時間", "寄件日期", "寄送日期", "已傳送", "보낸 날짜", "날짜", "보낸날짜", "보낸시간",
        "보낸 시간", "발송일", "تاريخ الإرسال", "التاريخ", "تم الإرسال", "تاريخ", "أرسلت", "נשלח",
        "תאריך", "στάλθηκε", "εστάλη", "ημερομηνία", "elküldve", "küldve", "küldés dátuma",
        "küldés ideje", "trimis", "đã gửi", "ngày", "gửi", "thời gian", "poslano", "saadetud",
        "kuupäev", "nosūtīts", "išsiųsta", "dikirim", "tanggal", "ส่ง", "วันที่", "sendt dato",
        "ارسال", "изпратено", "изпратен", "послато", "датум", "enviat", "sent date", "odoslaný",
        "изпратено на", "sendt den", "skickat den", "dátum odoslania", "datum odeslání", "भेजा गया",
        "दिनांक", "تاريخ ارسال",
    ),
    "to": (
        "to", "an", "à", "destinataire", "pour", "para", "a", "destinatario", "destinatário",
        "aan", "till", "til", "vastaanottaja", "kenelle", "do", "adresat", "komu", "pro", "кому",
        "получатель", "kime", "alıcı", "宛先", "收件人", "收件者", "받는 사람", "받는사람", "받는이",
        "수신", "إلى", "الى", "אל", "προς", "címzett", "către", "la", "catre", "đến", "tới",
        "người nhận", "za", "prima", "saaja", "до", "за", "adressaat", "per a", "प्रति", "گیرنده", "kam", "kepada", "ถึง", "al", "به",
    ),
    "cc": (
        "cc", "bcc", "kopie", "kopie (cc)", "copie", "copie à", "copia", "cópia", "con copia",
        "kopia", "kopi", "kopio", "dw", "do wiadomości", "копия", "копія", "bilgi", "抄送", "副本",
        "참조", "نسخة", "نسخة إلى", "עותק", "κοιν", "κοιν.", "κοινοποίηση", "másolat",
        "másolatot kap", "ccn", "reply-to", "sender", "importance", "attachments",
    ),
    "subject": (
        "subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp",
        "ämne", "emne", "aihe", "temat", "předmět", "predmet", "vec", "тема", "konu", "件名",
        "主题", "主題", "主旨", "제목", "الموضوع", "נושא", "θέμα", "tárgy", "subiect", "chủ đề",
        "tiêu đề", "относно", "предмет", "विषय", "gaia", "zadeva", "teema", "tēma", "tema", "perihal", "subjek", "เรื่อง", "assumpte",
        "efni", "موضوع",
    ),
}  # fmt: skip

# Said between dashes they are a title, without them an ordinary word.
SHORT_SEPARATORS: Final = frozenset({"original", "原始", "reply message", "forward", "forwarded"})
# What stands between the dashes of "-----Original Message-----".
SEPARATORS: Final = frozenset(
    {
        "original message", "original appointment", "original email", "original e-mail",
        "original meeting request", "forwarded message", "forwarded mail", "forwarded email",
        "forwarded by", "reply message", "reply", "quoted message", "begin forwarded message",
        "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "original nachricht",
        "ursprungsnachricht", "weitergeleitete nachricht", "ursprüngliche mail", "original-mail",
        "ursprünglicher termin", "originale nachricht",
        "message d'origine", "message d’origine", "message original", "message originel",
        "message transféré", "message initial", "message réexpédié", "courriel original",
        "e-mail d'origine", "mail original", "mail d'origine", "rendez-vous d’origine",
        "mensaje original", "mensaje reenviado", "mensaje de origen", "correo original",
        "messaggio originale", "messaggio inoltrato", "messaggio originario",
        "mensagem original", "mensagem encaminhada", "mensagem reencaminhada",
        "oorspronkelijk bericht", "origineel bericht", "doorgestuurd bericht",
        "oorspronkelijke bericht", "doorgestuurde bericht", "oorspronkelijke e-mail",
        "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande",
        "ursprungligt mail", "vidarebefordrat mejl",
        "oprindelig meddelelse", "original meddelelse", "videresendt meddelelse",
        "oprindelig besked", "videresendt besked", "oprindelig mail",
        "opprinnelig melding", "videresendt melding", "original melding", "opprinnelig e-post",
        "alkuperäinen viesti", "edelleenlähetetty viesti", "välitetty viesti",
        "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana",
        "przekazana wiadomość", "treść oryginalnej wiadomości", "wiadomość pierwotna",
        "původní zpráva", "původní e-mail", "přeposlaná zpráva", "předaná zpráva",
        "pôvodná správa", "preposlaná správa", "původní mail",
        "исходное сообщение", "оригинальное сообщение", "пересылаемое сообщение",
        "пересланное сообщение", "перенаправленное сообщение", "исходное письмо",
        "пересылаемое письмо", "конец переадресованного сообщения", "переадресованное сообщение",
        "вихідне повідомлення", "оригінальне повідомлення", "переслане повідомлення",
        "переслане письмо", "пересланий лист", "початкове повідомлення",
        "orijinal ileti", "orijinal mesaj", "özgün ileti", "iletilen ileti", "iletilmiş mesaj",
        "iletilen mesaj", "yönlendirilen mesaj", "yönlendirilen ileti", "orjinal mesaj",
        "元のメッセージ", "オリジナルメッセージ", "転送メッセージ", "転送されたメッセージ", "元のメール",
        "原始邮件", "原邮件", "原始郵件", "原始信件", "原始訊息", "转发邮件", "转发的邮件", "已转发的邮件",
        "邮件原件", "转发邮件信息", "轉寄郵件", "轉寄的郵件", "已轉寄訊息", "回复邮件", "回复的原邮件",
        "원본 메일", "원본 메시지", "원본메일", "전달된 메시지", "전달 메시지", "원본 이메일",
        "الرسالة الأصلية", "رسالة أصلية", "رسالة معاد توجيهها", "رسالة مُعاد توجيهها",
        "הודעה מקורית", "הודעה שהועברה", "ההודעה המקורית",
        "αρχικό μήνυμα", "προωθημένο μήνυμα", "αυθεντικό μήνυμα",
        "eredeti üzenet", "továbbított üzenet", "eredeti levél", "továbbított levél",
        "mesaj original", "mesajul original", "mesaj redirecționat", "mesaj inițial",
        "mesaj redirectionat", "mesaj retrimis",
        "thư gốc", "tin nhắn gốc", "thư đã chuyển tiếp", "thư chuyển tiếp", "tin nhắn đã chuyển tiếp",
        "izvorna poruka", "originalna poruka", "izvirno sporočilo", "proslijeđena poruka",
        "algne sõnum", "pesan asli", "pesan yang diteruskan", "missatge original",
        "missatge reenviat", "ข้อความต้นฉบับ", "ข้อความที่ส่งต่อ", "оригинално съобщение",
        "препратено съобщение", "оригинална порука", "پیام اصلی",
    }
)  # fmt: skip
# Titles with one of these stand over a forwarded mail.
FORWARD_STEMS: Final = (
    "forward", "weitergeleitet", "transféré", "réexpédié", "reenviad", "inoltrat", "encaminhad",
    "reencaminhad", "doorgestuurd", "vidarebefordr", "videresend", "edelleenlähetet", "välitet",
    "przekazan", "přeposlan", "předan", "preposlan", "пересыла", "пересла", "переадрес", "перенаправ",
    "iletilen", "iletilmiş", "yönlendirilen", "転送", "转发", "轉寄", "전달", "معاد توجيه", "הועבר",
    "προωθ", "továbbít", "redirecțion", "redirection", "retrimis", "chuyển tiếp", "proslijeđen",
    "diteruskan", "reenviat", "ส่งต่อ", "препрат",
)  # fmt: skip
# The same without dashes around: Apple's "Begin forwarded message:".
FORWARD_OPENINGS: Final = frozenset(
    {
        "begin forwarded message", "anfang der weitergeleiteten nachricht",
        "anfang der weitergeleiteten e-mail", "début du message réexpédié",
        "début du message transféré", "début du message transféré ", "inicio del mensaje reenviado",
        "inizio messaggio inoltrato", "início da mensagem reencaminhada",
        "início da mensagem encaminhada", "begin doorgestuurd bericht", "vidarebefordrat brev",
        "vidarebefordrat mejl", "start på videresendt besked", "start på videresendt meddelelse",
        "begynnelsen på videresendt melding", "videresendt melding", "videresendt besked",
        "alkaa edelleen välitetty viesti", "välitetty viesti alkaa",
        "początek przekazywanej wiadomości", "początek wiadomości przekazanej",
        "začátek přeposílané zprávy", "začátek přeposlané zprávy",
        "начало переадресованного сообщения", "начало пересылаемого сообщения",
        "початок листа, що пересилається", "початок переадресованого повідомлення",
        "iletilen mesajın başlangıcı", "yönlendirilen iletinin başlangıcı",
        "転送されたメッセージ", "下面是被转发的邮件", "以下是转发的邮件", "開始轉寄郵件", "以下是轉寄的郵件",
        "전달된 메시지", "بدء الرسالة المعاد توجيهها", "تحويل الرسالة التالية",
        "תחילת ההודעה שהועברה", "αρχή προωθημένου μηνύματος", "továbbított levél kezdete",
        "továbbított üzenet kezdete", "începutul mesajului redirecționat",
        "început mesaj redirecționat", "bắt đầu thư được chuyển tiếp",
    }
)  # fmt: skip
