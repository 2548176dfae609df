"""Letters that a reader may be rid of, and how the page of unsubscribing calls them. An app that writes letters which
are not a duty adds a line."""

TOPICS = {
    "confirmation": "výzvy k potvrzení údajů o službě",
    "freshness-digest": "přehledy toho, co je v katalogu nového",
    "plan.measure": "zprávy o opatřeních, která sledujete",
    "upkeep.digest": "přehledy návrhů, které čekají na schválení",
}


def called(topic: str) -> str:
    return TOPICS.get(topic, "dopisy tohoto druhu")
