package io.streamkeeper.server.metrics;

/** What a request waits for. */
public enum Wait {
    /** The rest of its body, from its head on; not a part of its duration. */
    BODY("body"),
    /** Memory for its body, in which the server does not read it; not a part of its duration. */
    BODY_MEMORY("bodyMemory"),
    /** The security policy, such as keys that are fetched. */
    AUTHENTICATION("authentication"),
    /** The messages of a long JSON body, which are found in pieces of work. */
    SPLITTING("splitting"),
    /** The responses to the requests before it on its connection. */
    TURN("turn"),
    /** The loop of the stream's shard, which is not that of the connection. */
    SHARD_LOOP("shardLoop"),
    /** Room in the journal, whose backlog is long. */
    JOURNAL_ROOM("journalRoom"),
    /** The journal: the write and the sync of its record. */
    JOURNAL("journal"),
    /** The bytes that it reads. */
    READ("read"),
    /** The loop of the connection, after the shard has answered. */
    CONNECTION_LOOP("connectionLoop");

    private final String text;

    Wait(String text) {
        this.text = text;
    }

    /** {@return its name for operators} */
    public String text() {
        return text;
    }

    /** {@return whether it is a part of the duration of a request, which begins when the request has arrived} */
    public boolean isInDuration() {
        return this != BODY && this != BODY_MEMORY;
    }
}
