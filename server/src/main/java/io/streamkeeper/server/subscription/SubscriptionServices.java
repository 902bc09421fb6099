package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.RandomIds;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What all subscriptions use. Safe for use by any thread.
 *
 * @param shards all streams
 * @param watches of all shards
 * @param room the heap of subscriptions
 * @param json the heap of JSON bodies
 * @param splitters creates a splitter of JSON messages with the rules of the server, for each loop
 * @param rights of the owners of subscriptions
 * @param bodies writes requests to webhooks
 * @param deliveries sends them
 * @param tokens signs and verifies tokens
 * @param ids for those of subscriptions and wakes
 * @param clock the time
 * @param timers run tasks later
 * @param opened is set when rights are known
 * @param eventsBytesMin a log gets a new snapshot when its events since the last one are longer than this, and than the
 *     last one
 */
record SubscriptionServices(
        Shards shards,
        Watches watches,
        SubscriptionRoom room,
        JsonRoom json,
        Supplier<JsonSplitter> splitters,
        Subscriptions.Rights rights,
        WakeBodies bodies,
        Deliveries deliveries,
        WakeTokens tokens,
        RandomIds ids,
        Clock clock,
        Timers timers,
        AtomicBoolean opened,
        long eventsBytesMin) {
    /** The usual {@code eventsBytesMin}. */
    static final long EVENTS_BYTES_MIN = 16 << 10;

    private static final int ID_BYTES = 12;

    /** A new text that is unique and cannot be guessed, of letters, digits, - and _. */
    String newId() {
        return Base64Url.encode(ids.next(ID_BYTES));
    }

    /** Whether rights are known, so that wakes are made and sent. */
    boolean isOpen() {
        return opened.get();
    }
}
