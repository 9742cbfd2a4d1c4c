# ruff: noqa: E501  (tables read better on one line)
"""More shapes of quotes, by what they look like, and words that only look like a quote."""

from __future__ import annotations

import pytest

from gateway.channels.email.quoting import visible_reply

PLAIN: list[tuple[str, str]] = [
    ("Test reply\n\n---- John Smith wrote ----\n\n> quoted\n> text", "Test reply"),
    ("Test reply\n\n2011/11/7 bob <bob@example.com>\n\n> Hi", "Test reply"),
    ("Test reply\n\n2015-05-25 10:33 GMT+02:00 Ada <a@b.example>:\n\n> Hi", "Test reply"),
    (
        "Test reply\n\n25 мая 2015 г., 10:33 пользователь X <x@b.example> написал:\n\n> Hi",
        "Test reply",
    ),
    ("Test reply\n\nX schreef op 25-05-15 om 10:33:\n\nHi", "Test reply"),
    ("Test reply\n\nOn May 25, 2015 at 10:33:00, X (x@y.example) wrote:\n\nHi", "Test reply"),
    ("Test\n\nX <x@y.example>於 2015年5月25日 週一，10:33寫道：\n\nHi", "Test"),
    (
        "Test\n\nAm Montag, 5. Juli 2021, 10:00:00 MESZ hat Ada <a@b.example> Folgendes geschrieben:  \n\nHi",
        "Test",
    ),
    (
        "Test\n\nEn lunes, 5 de julio de 2021 10:00:00 CEST, Ada <a@b.example> escribió:\n\nHi",
        "Test",
    ),
    ("Test\n\nOn Mon, 2021-07-05 at 10:00 +0100, Ada wrote:\n> Hi\nYes", "Test\n\nYes"),
    ("Test\n\nAm Montag, dem 05.07.2021 um 10:00 +0200 schrieb Ada:\nHi", "Test"),
    ("* Ada <a@b.example> [2021-07-05 10:00]:\n> Hi\nYes", "Yes"),
    (
        "Ok.\n\nIn einer eMail vom 05.07.2021 10:00:00 Westeuropäische Sommerzeit schreibt a@b.example:\n\nHi",
        "Ok.",
    ),
    ("Ok\n\nDňa 5.7.2021 o 10:00 Ada napísal(a):\nHi", "Ok"),
    ("Ok\n\nOn July 5, 2021, Ada <a@b.example> wrote:\n\nHi", "Ok"),
    (
        "Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM 'Ada Lovelace' via Support Team <support@acme.example> wrote:\n\nHi",
        "Ok",
    ),
    (
        "Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada <a@b.example<mailto:a@b.example>> wrote:\n\nHi",
        "Ok",
    ),
    (
        "Ok\n\nFrom:   Ada/ACME\nTo:     Vera/HOME@HOME\nDate:   05/07/2021 10:00\nSubject:        Re: Order\n\nHi",
        "Ok",
    ),
    (
        "Ok\n\nDe: Ada <a@b.example>\nDate: lun. 5 juil. 2021 à 10:00\nSubject: Re: x\nTo: Vera <v@h.example>\n\nHi",
        "Ok",
    ),
    (
        "Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM\nAda Lovelace <ada.lovelace@acme-support-department.example>\nwrote:\n\n> a\n\n> b\n\nfine",
        "Ok\n\nfine",
    ),
    (
        "Hi Ada,\n\n> Which colour?\nRed\n\n> Which size?\n42\n\nBest,\nVera\n\n--\nVera Smith\nhttp://v.example",
        "Hi Ada,\n\nRed\n\n42\n\nBest,\nVera",
    ),
    ("Hello\n\n> quoted\n\nSent from my iPad", "Hello"),
    ("Hi\n\nVon: Ada\nGesendet: Montag, 5. Juli 2021 10:00\nAn: Vera\nBetreff: AW: x\n\nfoo", "Hi"),
    (
        "Hi\nVon: Ada [mailto:a@b.example] Gesendet: Montag, 5. Juli 2021 10:00 An: Vera Betreff: AW: x\n\nfoo",
        "Hi",
    ),
    ("Danke!\n\nAm 05.07.2021 um 10:00 schrieb Ada Lovelace\n<a@b.example>:\n\n> foo\n", "Danke!"),
    ("Danke!\n\nAm 05.07.2021 um 10:00 schrieb\nAda Lovelace <a@b.example>:\n\n> foo\n", "Danke!"),
    ("Merci\n\nLe lun. 5 juil. 2021 à\n10:00, Ada <a@b.example> a\nécrit :\n\n> foo", "Merci"),
    (
        "Merci\n\nLe 5 juil. 2021 à 10:00, Ada Lovelace du service client de la boutique Acme <\na@b.example> a écrit :\n\n> foo",
        "Merci",
    ),
    (
        "Ciao\nVera\n\nInviato da Outlook per Android<https://aka.ms/AAb9ysg>\n________________________________\nDa: Ada <a@b.example>\nInviato: lunedì 5 luglio 2021 10:00:00\nA: Vera\nOggetto: x\n\nfoo",
        "Ciao\nVera",
    ),
    (
        '1) yes\n2) no\n\nOn 05/07/2021, 10:00, "Ada Lovelace" <a@b.example> wrote:\n\n    Q1\n    Q2',
        "1) yes\n2) no",
    ),
    ('Thanks!\n\nOn Jul 5, 2021 10:00 AM, "Ada" <a@b.example> wrote:\n\n> x', "Thanks!"),
    (
        "Thanks!\n\nOn Jul 5, 2021 10:00 AM, Ada <a@b.example> wrote:\n>\n> x\n>\n> On Jul 4, 2021, Vera wrote:\n>>\n>> y\n",
        "Thanks!",
    ),
    ("Thanks\n\nAda Lovelace <a@b.example> wrote:\n\nfoo", "Thanks"),
    ("Thanks\n\nOn Monday, July 5, 2021, Ada <a@b.example> wrote:\n\n> x\n\n\n-- \nVera", "Thanks"),
    (
        "Thanks\n\nOn 7/5/21 10:00 AM, Ada wrote:\n> x\n> y\nMy answer here\n> z\n",
        "Thanks\n\nMy answer here",
    ),
    ("Hola\n\nEl lun., 5 jul. 2021 10:00, Ada <a@b.example> escribió:\n\n> x", "Hola"),
    (
        "Thanks.\n\nVera\n\n\nOn Mon, Jul 5 at 10:00 AM, Ada <a@b.example> wrote:\n\nHi",
        "Thanks.\n\nVera",
    ),
    (
        "Thanks.\n\n[cid:image001.png@01D7]\nVera Smith | CEO\n\nFrom: Ada <a@b.example>\nSent: 05 July 2021 10:00\nTo: Vera <v@h.example>\nCc: x\nSubject: RE: y\n\nCAUTION: external",
        "Thanks.\n\n[cid:image001.png@01D7]\nVera Smith | CEO",
    ),
    ("I like it\n\nOn 2021/07/05 10:00, Ada wrote:\n> x", "I like it"),
    ("了解です。\n\n2021年7月5日(月) 10:00 Ada <a@b.example>:\n\n> x", "了解です。"),
    ("了解です。\n\n2021年7月5日 10:00、Ada <a@b.example>のメール:\n\n> x", "了解です。"),
    (
        "了解です。\n\n-----Original Message-----\nFrom: Ada <a@b.example>\nSent: 2021年7月5日 10:00\nTo: V\nSubject: x\n\ny",
        "了解です。",
    ),
    ("了解です。\n\nOn 2021/07/05 10:00, Ada さんは書きました:\n> x", "了解です。"),
    (
        "好的\n\n发自我的 iPhone\n\n> 在 2021年7月5日，10:00，Ada <a@b.example> 写道：\n> \n> x",
        "好的",
    ),
    (
        "好的\n\n发自我的iPhone\n\n------------------ Original ------------------\nFrom: Ada <a@b.example>\nDate: Mon,Jul 5,2021 10:00 AM\nTo: V <v@h.example>\nSubject: Re: x\n\ny",
        "好的",
    ),
    (
        '好的\n\n---原始邮件---\n发件人: "Ada"<a@b.example>\n发送时间: 2021年7月5日(周一) 上午10:00\n收件人: V;\n主题: x\n\ny',
        "好的",
    ),
    ("네\n\n2021년 7월 5일 (월) 10:00, Ada <a@b.example>님이 작성:\n\n> x", "네"),
    (
        "Thanks\n\n\nVirus-free.www.avast.com <https://www.avast.com/sig-email?utm_medium=email>\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada <a@b.example> wrote:\n\n> x",
        "Thanks",
    ),
    (
        "Yes\n\nSent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows\n\nFrom: Ada<mailto:a@b.example>\nSent: Monday, July 5, 2021 10:00 AM\nTo: V<mailto:v@h.example>\nSubject: x\n\ny",
        "Yes",
    ),
    (
        "Yes\n\nSent from [Proton Mail](https://proton.me/mail/home) for iOS\n\nOn Mon, Jul 5, 2021 at 10:00, Ada <[a@b.example](mailto:On Mon)> wrote:\n\n> x",
        "Yes",
    ),
    (
        "Yes\n\n-------- Original Message --------\nOn Jul 5, 2021, 10:00, Ada < a@b.example> wrote:\nx\ny",
        "Yes",
    ),
    (
        "Yes\n\n-------- Original Message --------\nSubject: x\nFrom: Ada <a@b.example>\nDate: Mon, July 05, 2021 10:00 am\nTo: v\n\ny",
        "Yes",
    ),
    (
        "Yes\n\n________________________________________\nVon: Ada [a@b.example]\nGesendet: Montag\nBis: V\nBetreff: x\n\ny",
        "Yes",
    ),
    ("Yes\n\n-----\nVera\nhttp://x.example", "Yes"),
    (
        "Yes\n\nVera\n\n============================\nDISCLAIMER",
        "Yes\n\nVera\n\n============================\nDISCLAIMER",
    ),
    (
        "Hi,\nI'd like to return it.\n\nOrder from: shop\nDate: 5 July\n\nBye",
        "Hi,\nI'd like to return it.\n\nOrder from: shop\nDate: 5 July\n\nBye",
    ),
    (
        "Name: Vera\nEmail: v@h.example\nSubject: return\nDate: 2021-07-05 10:00",
        "Name: Vera\nEmail: v@h.example\nSubject: return\nDate: 2021-07-05 10:00",
    ),
    ("Subject: return\n\nHello", "Subject: return\n\nHello"),
    (
        'The seller wrote:\n"we cannot help"\n\nWhat now?',
        'The seller wrote:\n"we cannot help"\n\nWhat now?',
    ),
    (
        "On 3 July 2021 your colleague wrote: we cannot help.\nWhat now?",
        "On 3 July 2021 your colleague wrote: we cannot help.\nWhat now?",
    ),
    (
        "Ok\n\n> On Jul 5, 2021, at 10:00 AM, Ada <a@b.example> wrote:\n> \n> \n> Hi\nok then\n> \n> Bye",
        "Ok\n\nok then",
    ),
    (
        "Ok\nEnvoyé de mon iPhone\n\n> Le 5 juil. 2021 à 10:00, Ada <a@b.example> a écrit :\n> \n> x",
        "Ok",
    ),
    (
        "Ok\n\nEnvoyé à partir de Courrier pour Windows 10\n\nDe : Ada\nEnvoyé le :lundi 5 juillet 2021 10:00\nÀ : v@h.example\nObjet :x\n\ny",
        "Ok",
    ),
    (
        "Ok\n\nGesendet von Mail für Windows 10\n\nVon: Ada\nGesendet: Montag, 5. Juli 2021 10:00\nAn: v\nBetreff: x\n\ny",
        "Ok",
    ),
    (
        "Ok\n\nVon meinem iPhone gesendet\n\n> Am 05.07.2021 um 10:00 schrieb Ada <a@b.example>:\n> \n> \ufeffx\n",
        "Ok",
    ),
    (
        "Ok\n\nMit freundlichen Grüßen\nVera\n\nAm Mo., 5. Juli 2021 um 10:00 Uhr schrieb Ada <\na@b.example>:\n\n> x",
        "Ok\n\nMit freundlichen Grüßen\nVera",
    ),
    (
        "Kyllä\n\nLähetetty iPhonesta\n\n> Ada <a@b.example> kirjoitti 5.7.2021 kello 10.00:\n> \n> x",
        "Kyllä",
    ),
    (
        "Ok\n\nhttps://example.com/On-wrote:\n\nOn Mon, 5 Jul 2021, 10:00 Ada, <a@b.example> wrote:\n\n> x",
        "Ok\n\nhttps://example.com/On-wrote:",
    ),
    (
        "Da\n\nОтправлено с iPhone\n\n> 5 июля 2021 г., в 10:00, Ada <a@b.example> написал(а):\n> \n> x",
        "Da",
    ),
    ('Да\n\n-- \nVera\n\n05.07.2021, 10:00, "Ada" <a@b.example>:\n> x', "Да"),
    ("Да\n\n>Понедельник, 5 июля 2021, 10:00 +03:00 от Ada <a@b.example>:\n>\n>x", "Да"),
    ("Tak\n\nW dniu pon., 5.07.2021 o 10:00 Ada <a@b.example> napisał(a):\n\n> x", "Tak"),
    ("Tak\n\nDnia 5 lipca 2021 10:00 Ada <a@b.example> napisał(a):\n\nx", "Tak"),
    ("Ja\n\nDen 5. juli 2021 kl. 10:00 skrev Ada <a@b.example>:\n\nx", "Ja"),
    (
        "Ja\n\nFra: Ada <a@b.example>\nDato: mandag, 5. juli 2021 kl. 10:00\nTil: V\nEmne: x\n\ny",
        "Ja",
    ),
    ("Igen\n\nAda <a@b.example> ezt írta (időpont: 2021. júl. 5., H,\n10:00):\n\n> x", "Igen"),
    ("Evet\n\nAda <a@b.example>, 5 Tem 2021 Pzt, 10:00 tarihinde\nşunu yazdı:\n\n> x", "Evet"),
    (
        "Sim\n\nAda Lovelace <a@b.example> escreveu no dia segunda,\n5/07/2021 à(s) 10:00:\n\n> x",
        "Sim",
    ),
    ("Sim\n\nEm seg, 5 de jul de 2021 10:00, Ada <a@b.example> escreveu:\n\n> x", "Sim"),
    (
        "OK, see [1].\n\n[1] https://x.example\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada <a@b.example> wrote:\n> x",
        "OK, see [1].\n\n[1] https://x.example",
    ),
    ("Hi there!\nBob wrote:\n> x", "Hi there!"),
    ("Hi there\nBob wrote:\n> x", "Hi there"),
    ("Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM <support@acme.example> wrote:\n\n> x", "Ok"),
    (
        "Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM support@acme.example <\nsupport@acme.example> wrote:\n\n> x",
        "Ok",
    ),
    (
        "Ok\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada (Acme) <\nsupport@acme.example> wrote:\n\n> x",
        "Ok",
    ),
    ("Ok\n\nOn Monday, July 5, 2021 at 10:00 AM, Ada wrote:\n\nx", "Ok"),
    (
        "Ok\nVera\n\n________________________________\n From: Ada <a@b.example>\nTo: Vera \nSent: Monday, July 5, 2021 10:00 AM\nSubject: x\n \n\ny",
        "Ok\nVera",
    ),
    (
        "Ok\n\n  _____  \n\nFrom: Ada [mailto:a@b.example] \nSent: Monday\nTo: Vera\nSubject: x\n\ny",
        "Ok",
    ),
    (
        "Ok\n\n\tFrom:\tAda\n\tSent:\tMonday, July 5, 2021 10:00 AM\n\tTo:\tVera\n\tSubject:\tx\n\ny",
        "Ok",
    ),
    ("Ok\n\n\n\n> -----Original Message-----\n> From: Ada\n> Subject: x\n> \n> y\n", "Ok"),
    ("Ok\n\n| From: Ada\n", "Ok\n\n| From: Ada"),
    ("Ok\n\n\n**From:** Ada <a@b.example>\n**Sent:** Monday\n**To:** V\n**Subject:** x\n\ny", "Ok"),
    (
        'Ok\n\nFrom: "Ada" <a@b.example>\nTo: "V" <v@h.example>\nDate: 05-Jul-21 10:00:00\nSubject: x\n\n>y\n\nz',
        "Ok\n\nz",
    ),
    (
        "Ok.\n\nCheers\nV.\n\n2021-07-05 10:00 GMT+02:00, Ada <a@b.example>:\n> x",
        "Ok.\n\nCheers\nV.",
    ),
    ("Ok\n\nAda <a@b.example> 于2021年7月5日周一\n10:00写道：\n\n> x", "Ok"),
    ("Ok\n\nAda <a@b.example>于2021年7月5日 周一上午10:00写道：\n> x", "Ok"),
    (
        "\u200fשלום\n\n\u200f\u202bבתאריך יום ב׳, 5 ביולי 2021 ב-10:00 מאת Ada \u200f<\u202aa@b.example\u202c\u200f>:\u202c\n\n> x",
        "\u200fשלום",
    ),
    (
        'Ok\n\n---------- Původní e-mail ----------\nOd: Ada <a@b.example>\nKomu: v@h.example\nDatum: 5. 7. 2021 10:00:00\nPředmět: x\n"y"',
        "Ok",
    ),
    (
        "Ok\n\n> Am 05.07.2021 um 10:00 schrieb Ada <a@b.example>:\n> \n> \n> x\n\nVon meinem iPad gesendet",
        "Ok",
    ),
    ("Ok\n\n-- \nSent from Gmail Mobile", "Ok"),
    (
        "Ok\n\n--\nDiese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.\nAm 05.07.21, 10:00, Ada <a@b.example> schrieb:\n\n> x",
        "Ok",
    ),
    (
        'Ok\n\nGesendet: Montag, 05. Juli 2021 um 10:00 Uhr\nVon: "Ada" <a@b.example>\nAn: v@h.example\nBetreff: x\n\ny',
        "Ok",
    ),
    (
        'Ok\n\n \n\nGesendet: Montag, 05. Juli 2021 um 10:00 Uhr\n\nVon: "Ada" <a@b.example>\n\nAn: v@h.example\n\nBetreff: x\n\ny',
        "Ok",
    ),
    (
        "Ok\n\n\nHet bericht hieronder is van Ada\n-------- Oorspronkelijk bericht --------\nVan: Ada <a@b.example>\nDatum: 05-07-2021 10:00 (GMT+01:00)\nAan: v\nOnderwerp: x\n\ny",
        "Ok\n\nHet bericht hieronder is van Ada",
    ),
    (
        "Ok\n\n-------- Ursprüngliche Nachricht --------Von: Ada <a@b.example> Datum: 05.07.21  10:00  (GMT+01:00) An: v@h.example Betreff: x \ny",
        "Ok",
    ),
    (
        "Ok\n\n-------- Original message --------From: Ada <a@b.example> Date: 7/5/21  10:00 AM  (GMT-05:00) To: v@h.example Subject: x \ny",
        "Ok",
    ),
    ("Hi,\n> q1\na1\n> q2\na2\n\nOn 5 Jul 2021, at 10:00, Ada wrote:\n> full", "Hi,\n\na1\n\na2"),
]

RICH: list[tuple[str, str]] = [
    (
        '<DIV><FONT>Yes</FONT></DIV><DIV style="FONT: 10pt Tahoma"><DIV style="BACKGROUND: #f5f5f5"><DIV style="font-color: black"><B>From:</B> <A title=a@b.example href="mailto:a@b.example">Ada</A> </DIV><DIV><B>Sent:</B> Monday, July 05, 2021 10:00 AM</DIV><DIV><B>To:</B> v</DIV><DIV><B>Subject:</B> x</DIV></DIV></DIV><DIV>y</DIV>',
        "Yes",
    ),
    (
        '<div dir="auto">Yes<br><br><div data-smartmail="gmail_signature">Sent from my phone</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 5 Jul 2021, 10:00 Ada, &lt;<a href="mailto:a@b.example">a@b.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex"><div>x</div></blockquote></div>',
        "Yes",
    ),
    (
        '<div class="gmail_extra"><div class="gmail_quote">On Mon, Ada <span dir="ltr">&lt;a@b&gt;</span> wrote:<br><blockquote class="gmail_quote">x</blockquote></div><br>Bottom answer</div>',
        "Bottom answer",
    ),
    (
        '<html><body><p>Yes</p><p>On 2021-07-05 10:00, Ada wrote:</p>\n<blockquote type="cite" style="padding: 0 0.4em">x</blockquote>\n<p>and no</p></body></html>',
        "Yes\n\nand no",
    ),
    (
        '<div>Yes</div><div><br></div><div>-- <br>Vera<br>CEO</div><div><br></div><div>On Mon, Jul 5, 2021, at 10:00 AM, Ada wrote:<br></div><blockquote type="cite" id="qt">x</blockquote><div>after</div>',
        "Yes\n\nafter",
    ),
    (
        '<p style="margin:0">One</p><p style="margin:0">Two</p><p><br></p><p>Three<br>Four</p>',
        "One\nTwo\n\nThree\nFour",
    ),
    (
        '<div>Yes</div><div style="border-width: 1pt medium medium; border-style: solid none none; padding: 3pt 0in 0in"><p><b>Xxx:</b> Ada</p></div><p>y</p>',
        "Yes",
    ),
    (
        "<div>Yes</div>\n<table><tr><td><b>From:</b></td><td>Ada &lt;a@b.example&gt;</td></tr><tr><td><b>Sent:</b></td><td>Monday</td></tr><tr><td><b>Subject:</b></td><td>x</td></tr></table>y",
        "Yes",
    ),
    ("Yes<br>\n<br>\n&gt; x<br>\n&gt; y<br>\nNo", "Yes\n\nNo"),
    (
        "<div>Yes</div><div><br></div><div><div>-------- Original message --------</div><div>From: Ada &lt;a@b.example&gt; </div><div>Date: 7/5/21  10:00  (GMT+01:00) </div><div>To: v </div><div>Subject: x </div><div><br></div></div>y",
        "Yes",
    ),
    (
        '<body lang=EN-US><div class=WordSection1><p class=MsoNormal>See answers <span style="color:red">below</span>.<o:p></o:p></p><p class=MsoNormal>Thanks,<o:p></o:p></p></div></body>',
        "See answers below.\nThanks,",
    ),
    (
        '<div>Bonjour,</div><div>Oui</div><div><br></div><hr><div>De : "Ada" &lt;a@b.example&gt;<br>A : v@h.example<br>Envoyé: lundi 5 Juillet 2021 10:00<br>Objet : x<br></div><div>y</div>',
        "Bonjour,\nOui",
    ),
    (
        '<div>Yes</div><div><br></div><div>Get <a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div><hr><div id="divRplyFwdMsg">x</div>y',
        "Yes",
    ),
    (
        '<div>Yes</div><div id="Signature"><div>Vera Smith<br>CEO</div></div><div id="appendonsend"></div><div>x</div>',
        "Yes",
    ),
    (
        '<div>Да</div><div><br></div><div>05.07.2021, 10:00, "Ada" &lt;a@b.example&gt;:</div><blockquote><p>x</p></blockquote><div>-- <br>Vera</div>',
        "Да",
    ),
    ("<div>A</div><div>&nbsp;</div><div>B&nbsp;&nbsp;C</div>", "A\n\nB C"),
]

INTACT: list[str] = [
    'Hi there,\n\nI ordered on 5 July 2021 at 10:00 and got a mail from bob@shop.example that said:\n"Your parcel is late"\n\nCan you help?',
    "Hello\nMy name is Vera. You wrote that it takes 5 days.\nIt is the 7th now: where is it?",
    "Order: 5512\nName: Vera\nTo: Vera Smith\nAddress: 10 High St",
    "Bonjour,\nLe colis 123 est arrivé le 5 juillet 2021 à 10:00 :\n- cassé\n- vide\nMerci",
    "Hallo,\nam 5. Juli um 10:00 habe ich bestellt:\n2 Lampen\nGruß",
    "De nada\nPara: mi casa\nGracias",
    "Von mir aus gerne.\nAn der Lampe fehlt was: der Schirm",
    "1. red\n2. blue\n\nfrom: the list\nto: be chosen",
    "Time line:\n10:00 ordered\n2021-07-05 10:05 paid by vera@home.example\nthen nothing",
    "Hi,\n\nSend it to my mail please\nSent by post yesterday.\nEnviado por correo ayer.",
    'The card says\n\n"Sent from heaven, with love"\n\nCan you print that?',
    "Sizes\n=====\n42",
    "Hi!\nMail: vera@home.example\nPhone: 0123",
    "On hold since 10:00, please write: vera@home.example",
    "I said: no.\nShe wrote: yes.\nOk",
    "Re: lamp\n\nYes",
    "Fecha: 5/7/2021\nPedido: 123\nAsunto: devolución\n\nQuiero devolverlo",
    "Date: tomorrow\nSubject: cats",
    "Price is 5",
    "Hallo Ada,\n\nich schrieb Ihnen am 05.07.2021 um 10:00:\nbitte stornieren.\n\nVera",
    "He wrote on the box:\n\nfragile",
    "Two questions:\n\n1) On what date did Ada write?\n2) At 10:00 or 11:00?",
    "To whom it may concern,\n\nFrom: my side all fine.\nSubject: to change.",
    "Le 5 juillet 2021, j'ai reçu :\n- 2 lampes",
    "W dniu 5.07.2021 o 10:00 zamówiłam:\n- lampę",
    "Op 5 juli 2021 om 10:00 heb ik besteld:\n- lamp",
    "Em 5/07/2021 às 10:00 eu comprei:\n- lâmpada",
    "2021年7月5日 10:00に注文しました：\nランプ",
    "5 июля 2021 в 10:00 я заказала:\nлампу",
    "Ich habe von meinem iPhone aus bestellt.\nDie Nachricht wurde nie gesendet.",
    "Отправлено с курьером вчера",
    "Enviado de Madrid ayer",
    "Get Outlook to work with it? No.",
    "Get Outlook to open it? No.",
]


@pytest.mark.parametrize(("text", "typed"), PLAIN)
def test_vera_answers_in_plain_text(text: str, typed: str) -> None:
    assert visible_reply(text, None) == typed


@pytest.mark.parametrize(("html", "typed"), RICH)
def test_vera_answers_in_html(html: str, typed: str) -> None:
    assert visible_reply(None, html) == typed


@pytest.mark.parametrize("text", INTACT)
def test_vera_quotes_nobody_and_loses_no_word(text: str) -> None:
    assert visible_reply(text, None) == text
