"""The frozen types that cross a file or the wire and are shared by several rooms.

Our own files forbid unknown fields; replies of providers allow them (those types live with their wire format).
"""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct


class TaskType(StrEnum):
    """What a request asks the model to do; `other` when the text does not say."""

    EMAIL = "email"
    HEADLINE = "headline"
    COPYWRITING = "copywriting"
    CREATIVE_WRITING = "creative_writing"
    SUMMARIZATION = "summarization"
    TRANSLATION = "translation"
    REWRITING = "rewriting"
    CLASSIFICATION = "classification"
    EXTRACTION = "extraction"
    QUESTION_ANSWERING = "question_answering"
    ANALYSIS = "analysis"
    REASONING = "reasoning"
    MATH = "math"
    CODE = "code"
    CONVERSATION = "conversation"
    OTHER = "other"


class Importance(StrEnum):
    """What the answer is worth to the user; given by the row or a rule, never guessed."""

    BULK = "bulk"
    STANDARD = "standard"
    PREMIUM = "premium"


class Modality(StrEnum):
    """What a request carries besides text."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    FILE = "file"


class ServiceTier(StrEnum):
    """How a model is bought."""

    STANDARD = "standard"
    FLEX = "flex"
    BATCH = "batch"
    PRIORITY = "priority"
    BACKGROUND_2H = "background_2h"  # one request at a time, answered within two hours
    BACKGROUND_8H = "background_8h"
    OFF_PEAK = "off_peak"  # the standard tier in the hours in which its provider sells it cheaper


HANDED_IN = frozenset({ServiceTier.BATCH, ServiceTier.BACKGROUND_2H, ServiceTier.BACKGROUND_8H})
"""The tiers whose requests are handed in and whose answers are collected later."""


class DataClass(StrEnum):
    """How private a request is, as the user says."""

    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"
    PUBLIC = "public"


Count = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
NonEmpty = Annotated[str, Meta(min_length=1)]


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a chat."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str


class JudgeRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A model that is asked what an answer is worth; it costs money, and never judges an answer of its own."""

    model: NonEmpty  # a name or an alias, of which the first that did not write the answer judges
    rubric: NonEmpty | None = None  # what a good answer is, in words; None: what the task type asks for
    mode: Literal["rubric", "pairwise"] = "rubric"  # pairwise: against `expected`
    least: Share = 0.5  # the score from which an answer passes
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0  # of the answers that are judged, by the run's seed


class CommandRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A program of the user's own that reads answers as JSON lines and writes verdicts; only settings may name one."""

    run: tuple[NonEmpty, ...]  # the program and its arguments, no shell
    least: Share = 0.5  # the quality from which an answer passes, where the program tells one
    timeout_s: Annotated[float, Meta(gt=0, le=600)] = 30.0  # for one answer


class GateRules(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Checks a request asks for beyond the ones every answer gets (empty, truncated, refusal, schema)."""

    min_words: Count | None = None
    max_words: Count | None = None
    min_chars: Count | None = None
    max_chars: Count | None = None
    must_contain: tuple[NonEmpty, ...] = ()
    must_not_contain: tuple[NonEmpty, ...] = ()
    language: NonEmpty | None = None  # ISO 639-1, or `same`: that of the request
    labels: tuple[NonEmpty, ...] = ()  # the answer is one of these
    pattern: NonEmpty | None = None  # a regular expression that is found in the answer
    must_mention: tuple[NonEmpty, ...] = ()  # fields of `metadata` whose values the answer must hold
    placeholders: bool | None = None  # whether `[Name]`, `{{name}}` and their like may be left; None: no gate
    near_duplicates: Annotated[float, Meta(gt=0, le=1)] | None = None  # likeness to another answer that fails
    expected: Literal["exact", "normalised", "number", "set", "json"] | None = None  # how it equals `expected`
    judge: JudgeRule | None = None
    command: CommandRule | None = None


class Tool(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A function that the model may ask to have called; it is passed through, nothing here calls it."""

    name: Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$")]
    description: str | None = None
    parameters: dict[str, object] = {}  # a JSON Schema of its arguments


class ToolCall(Struct, frozen=True, kw_only=True):
    """A call of a tool that a model asks for in its answer."""

    id: str
    name: str
    arguments: str  # JSON, as the model wrote it


class Need(StrEnum):
    """What a request asks of a model beside its text; bit n of the `needs` column is the n-th of these."""

    IMAGE = "image"
    AUDIO = "audio"
    FILE = "file"
    LINKED = "linked"  # a picture or file is given by its address
    TOOLS = "tools"
    TEMPERATURE = "temperature"
    TOP_P = "top_p"
    SEED = "seed"
    STOP = "stop"
    FETCHED = "fetched"  # sound or a PDF is given by its address: no provider is sent that, it is read here first
    REDACTED = "redacted"  # values are replaced before it is sent, because the row says so; no model lacks that

    @property
    def bit(self) -> int:
        """Its place in the `needs` column, as a number with that one bit set."""
        return 1 << tuple(Need).index(self)


class PersonalData(StrEnum):
    """What is looked for in the texts of requests; bit n of the `personal` column is the n-th of these."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    NATIONAL_ID = "national_id"

    @property
    def bit(self) -> int:
        """Its place in the `personal` column, as a number with that one bit set."""
        return 1 << tuple(PersonalData).index(self)


Redact = bool | tuple[PersonalData, ...]
"""Which personal data is replaced before a request is sent: true for every kind."""


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One row of a job file, as the user wrote it; either `prompt` or `messages` is set, never both."""

    custom_id: Annotated[str, Meta(min_length=1, max_length=512)]
    prompt: NonEmpty | None = None
    messages: tuple[Message, ...] | None = None
    system: str | None = None
    task_type: TaskType | None = None
    importance: Importance = Importance.STANDARD
    min_quality: Share | None = None
    max_output_tokens: Count | None = None
    response_schema: dict[str, object] | None = None
    images: tuple[NonEmpty, ...] = ()
    audio: tuple[NonEmpty, ...] = ()  # WAV or MP3, each a path, a data URL or an https address
    files: tuple[NonEmpty, ...] = ()  # PDF, the same
    tools: tuple[Tool, ...] = ()
    tool_choice: NonEmpty | None = None  # auto, none, required, or the name of a tool; None: the provider's default
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None  # this and the next three: where the model takes them
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    seed: Annotated[int, Meta(ge=0, lt=2**31)] | None = None
    stop: Annotated[tuple[NonEmpty, ...], Meta(max_length=4)] = ()
    model: NonEmpty | None = None
    deadline: NonEmpty | None = None
    tenant: str | None = None
    data_class: DataClass | None = None
    metadata: dict[str, object] = {}
    gates: GateRules | None = None
    expected: object = None  # a reference answer or label, any JSON; sent to nobody but a judge that compares with it
    tags: tuple[NonEmpty, ...] = ()
    redact: Redact = False  # what is replaced before it is sent, beside what the settings ask for
    redact_terms: tuple[NonEmpty, ...] = ()  # such as names of people, replaced too

    def turns(self) -> tuple[Message, ...]:
        """The chat that is sent: `system` first, then `messages` or the one user turn made from `prompt`."""
        head = (Message("system", self.system),) if self.system else ()
        if self.messages is not None:
            return head + self.messages
        return (*head, Message("user", self.prompt or ""))

    def needs(self) -> int:
        """What it asks of a model beside its text, a bit of `Need` each."""
        if self._asks_text_alone():
            return 0
        asked = {
            Need.IMAGE: self.images,
            Need.AUDIO: self.audio,
            Need.FILE: self.files,
            Need.LINKED: _any_link(self.images, self.audio, self.files),
            Need.FETCHED: _any_link(self.audio, self.files),
            Need.TOOLS: self.tools,
            Need.TEMPERATURE: self.temperature is not None,
            Need.TOP_P: self.top_p is not None,
            Need.SEED: self.seed is not None,
            Need.STOP: self.stop,
            Need.REDACTED: self.redact or self.redact_terms,
        }
        return sum(need.bit for need, is_asked in asked.items() if is_asked)

    def _asks_text_alone(self) -> bool:
        """Whether there is no need: most rows of a large job, told in a tenth of the time."""
        carried = self.images or self.audio or self.files or self.tools or self.stop
        is_redacted = bool(self.redact or self.redact_terms)
        return not (carried or is_redacted) and self.temperature is None and self.top_p is None and self.seed is None

    def modality(self) -> Modality:
        """The most demanding thing it carries."""
        if self.files:
            return Modality.FILE
        if self.audio:
            return Modality.AUDIO
        return Modality.IMAGE if self.images else Modality.TEXT


def _any_link(*given: tuple[str, ...]) -> bool:
    """Whether something is given by its address."""
    return any(item.startswith("https://") for items in given for item in items)


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens as billed; `input_tokens` includes cached ones, `output_tokens` includes reasoning ones."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    image_tokens: int = 0  # the part of `input_tokens` that is pictures; 0 also where the provider does not say
    audio_tokens: int = 0  # the part of `input_tokens` that is sound, the same
