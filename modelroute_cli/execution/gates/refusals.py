"""Refusals that come as plain text: short answers that say they cannot do it, in the languages jobs come in.

Only a short answer is looked at, and only its beginning: an e-mail may well apologise, and a long text that
mentions what one cannot do is no refusal.
"""

import re

_LONGEST_CHARACTERS = 400
_BEGINNING_CHARACTERS = 200

_PHRASES = (
    # English
    r"\bi(?:'m| am) (?:sorry|afraid)[,.]? (?:but )?(?:i|that)(?:'m| am|'s)? ?(?:can(?:no|')?t|unable|not able|won't)",
    (
        r"\bi (?:can(?:no|')t|can not|won't|will not|must decline to|have to decline to) "
        r"(?:help|assist|comply|fulfil|provide|create|write|generate|produce|do that|complete (?:this|that) request)"
    ),
    (
        r"\bi(?:'m| am) (?:unable|not able|not allowed|not permitted) to "
        r"(?:help|assist|comply|fulfil|provide|create|write|generate|produce|do that|complete)"
    ),
    r"\bas an? (?:ai|artificial intelligence)\b.{0,60}\b(?:can(?:no|')t|unable|not able)",
    r"\b(?:this|that|your) request (?:violates|goes against|conflicts with)",
    # German
    (
        r"\bich kann (?:dir|ihnen|dabei|damit|diese|diesen|dieser|das)\b.{0,60}\bnicht\b.{0,20}"
        r"(?:helfen|erf[uü]llen|unterst[uü]tzen|erstellen|schreiben|nachkommen)"
    ),
    r"\btut mir leid, (?:aber )?(?:ich kann|das kann ich|dabei kann ich)",
    # French
    (
        r"\bje (?:ne peux pas|ne suis pas en mesure d|ne suis pas autoris[ée]e? [àa])\b.{0,40}"
        r"(?:aider|r[ée]pondre|satisfaire|fournir|cr[ée]er|[ée]crire|g[ée]n[ée]rer)"
    ),
    # Spanish, Portuguese, Italian
    r"\b(?:lo siento,? (?:pero )?)?no puedo (?:ayudar|cumplir|proporcionar|crear|escribir|generar|asistir)",
    r"\bn[ãa]o posso (?:ajudar|atender|fornecer|criar|escrever|gerar)",
    r"\bnon posso (?:aiutar|soddisfare|fornire|creare|scrivere|generare|assister)",
    # Dutch, Polish, Swedish
    r"\bik kan (?:je|u|hier|dit|daar)\b.{0,40}\bniet\b.{0,20}(?:helpen|schrijven|maken|voldoen)",
    r"\bnie mog[ęe] (?:pom[óo]c|spe[łl]ni[ćc]|tego|napisa[ćc]|utworzy[ćc]|wygenerowa[ćc])",
    r"\bjag kan (?:tyv[äa]rr )?inte (?:hj[äa]lpa|skriva|skapa|uppfylla)",
    # Russian, Turkish
    r"я не могу (?:помочь|выполнить|предоставить|написать|создать|ответить)",
    r"(?:yardımcı olamam|yerine getiremem|yapamam, üzgünüm)",  # noqa: RUF001 - Turkish letters
    # Chinese, Japanese, Korean
    r"(?:抱歉|对不起|很遗憾)[,,。 ]*(?:我|本)?.{0,8}(?:无法|不能|不可以)",
    r"我(?:无法|不能)(?:帮助|协助|提供|完成|满足|生成|创建)",
    r"(?:申し訳(?:ありません|ございません)|すみません).{0,30}(?:できません|できかねます|いたしかねます)",
    r"(?:죄송하지만|죄송합니다).{0,40}(?:수 없습니다|도와드릴 수)",
    # Arabic, Hindi
    r"(?:لا أستطيع|لا يمكنني) (?:المساعدة|مساعدتك|تقديم|تنفيذ|كتابة|إنشاء)",
    r"मैं .{0,40}(?:मदद|सहायता|पूरा).{0,20}नहीं (?:कर सकता|कर सकती)",
)
_REFUSAL = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE | re.DOTALL)


def looks_like_refusal(text: str) -> bool:
    """Whether a short answer begins by saying that it will not do what was asked."""
    short = text.strip().replace("\u2019", "'")
    return len(short) <= _LONGEST_CHARACTERS and _REFUSAL.search(short[:_BEGINNING_CHARACTERS]) is not None
