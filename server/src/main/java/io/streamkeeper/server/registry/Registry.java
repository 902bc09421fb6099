package io.streamkeeper.server.registry;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the registry: one thread that follows the changes of all streams and appends them. No request of a client waits
 * for it. While something is refused, such as an append on a full disk, it tries again, after pauses that grow.
 *
 * <p>At the start, and whenever it has missed changes, it compares what the messages of the registry say with a listing,
 * appends what is missing, and follows the changes from the position of the first page. Some of these may be in the
 * registry already, and come again in their order; so whatever was interrupted before, the last message about each stream
 * is right in the end.
 *
 * <p>When the registry has many more messages than there are streams, it is deleted and begun again, so that it is bounded
 * by the number of streams. It is kept while it is known that it could not be created again.
 */
public final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    /** The registry is not begun again before it has so many messages. */
    static final int MESSAGES_MIN = 100_000;

    /** Nor before it has so many times as many messages as there are streams. */
    private static final int MESSAGES_PER_STREAM = 4;

    /** The length from which on messages are appended. */
    private static final int APPEND_BYTES = 64 << 10;

    private static final long WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long PAUSE_MILLIS_MAX = TimeUnit.MINUTES.toMillis(1);
    private static final long GONE_PAUSE_MILLIS_MIN = 1_000;
    private static final long END_MILLIS_MAX = 10_000;

    private final RegistryStream stream;
    private final MemoryLedger memory;
    private final int messagesMin;
    private final Thread thread = new Thread(this::run, "streamkeeper-registry");
    private volatile long behindSinceNanos = System.nanoTime();
    private volatile boolean isBehind = true;
    private final RegistryRetries retries;
    private final RegistryRetries.Pauses comparisons = new RegistryRetries.Pauses(PAUSE_MILLIS_MAX);
    private final RegistryRetries.Pauses beginnings = new RegistryRetries.Pauses(PAUSE_MILLIS_MAX);
    private long beginsAgainNanos = System.nanoTime();
    private long comparisonMillis;
    private RegistryMessages messages = new RegistryMessages();
    private long messageCount;
    private long streamCount;

    private Registry(RegistryStream stream, RegistryRetries retries, MemoryLedger memory, int messagesMin) {
        this.stream = stream;
        this.retries = retries;
        this.memory = memory;
        this.messagesMin = messagesMin;
        thread.setDaemon(true);
    }

    /** Starts the registry of {@code shards}, which is created if it does not exist. */
    public static Registry start(Shards shards, MemoryLedger memory, Supplier<JsonSplitter> splitters) {
        return start(shards, memory, splitters, MESSAGES_MIN);
    }

    static Registry start(Shards shards, MemoryLedger memory, Supplier<JsonSplitter> splitters, int messagesMin) {
        RegistryRetries retries = new RegistryRetries();
        Registry registry =
                new Registry(new RegistryStream(shards, memory, splitters, retries), retries, memory, messagesMin);
        try {
            registry.stream.ensure();
        } catch (RefusedException e) {
            if (RegistryRetries.isFault(e.refusal())) {
                LOG.warn(
                        "the registry cannot be created now; it is tried again: {}",
                        e.refusal().message());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        registry.thread.start();
        return registry;
    }

    /** {@return the refusal of a command that would change or fork the registry; null for any other} */
    public static @Nullable Refusal refusalOf(Command command) {
        if (command.path().equals(StreamPath.REGISTRY)) {
            return command instanceof Command.Read || command instanceof Command.Describe ? null : notByClients();
        }
        boolean forks = command instanceof Command.Create create
                && create.fork() != null
                && create.fork().source().equals(StreamPath.REGISTRY);
        return forks ? notForked() : null;
    }

    /** The refusal of a request that would change the registry. */
    public static Refusal notByClients() {
        return Refusal.of(
                ErrorCode.METHOD_NOT_ALLOWED,
                "stream " + Quoted.of(StreamPath.REGISTRY.value())
                        + " is written by the server only; expected GET or HEAD");
    }

    /** The refusal of a fork of the registry, which would keep the registry from being begun again. */
    public static Refusal notForked() {
        return Refusal.of(
                ErrorCode.INVALID_HEADER,
                "stream " + Quoted.of(StreamPath.REGISTRY.value()) + " cannot be forked; read it instead");
    }

    /** How long the registry has lacked a change, in nanoseconds; 0 if it has all. May be called by any thread. */
    public long behindNanos() {
        return isBehind ? Math.max(0, System.nanoTime() - behindSinceNanos) : 0;
    }

    private void behind() {
        if (!isBehind) {
            behindSinceNanos = System.nanoTime();
            isBehind = true;
        }
    }

    // ---- the thread ----

    private void run() {
        try {
            while (!retries.hasEnded()) {
                compareAndFollow();
            }
        } catch (InterruptedException e) {
            LOG.debug("the registry is closed", e);
        }
    }

    private void compareAndFollow() throws InterruptedException {
        try {
            ListingPosition position = reconcile();
            comparisons.reset();
            follow(position);
        } catch (RefusedException e) {
            behind();
            refused(e);
        } catch (RuntimeException | Error e) {
            behind();
            LOG.error("the registry has failed, and begins again", e);
            retries.pause(comparisons.next());
        }
    }

    private void refused(RefusedException refused) throws InterruptedException {
        if (refused.refusal().code() == ErrorCode.OFFSET_GONE) {
            retries.pause(pauseAfterGoneMillis(comparisonMillis));
        } else {
            retries.reportMissing(refused.refusal());
            retries.pause(comparisons.next());
        }
    }

    /**
     * The pause before another comparison, because changes were forgotten before they were followed: comparisons take at
     * most half of the time, however many changes there are.
     */
    static long pauseAfterGoneMillis(long comparisonMillis) {
        return Math.max(GONE_PAUSE_MILLIS_MIN, comparisonMillis);
    }

    // ---- the comparison ----

    /** Appends what the registry lacks; returns the position from which on it lacks changes. */
    private ListingPosition reconcile() throws InterruptedException {
        behind();
        messages = new RegistryMessages();
        long beganNanos = System.nanoTime();
        stream.ensure();
        try (RegistryFold fold = new RegistryFold(memory.descriptions())) {
            messageCount = stream.read(fold, () -> {});
            fold.check();
            return reconcile(fold);
        } catch (RegistryFold.NoRoom e) {
            throw new RefusedException(ErrorCode.OVERLOADED, String.valueOf(e.getMessage()));
        } finally {
            comparisonMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
        }
    }

    private ListingPosition reconcile(RegistryFold fold) throws InterruptedException {
        Outcome.Listed page = stream.list(null);
        ListingPosition position = page.position();
        if (position == null) {
            throw new IllegalStateException("the first page of a listing has no position");
        }
        streamCount = 0;
        while (true) {
            page.streams().forEach(entry -> compare(fold, entry));
            appendIf(APPEND_BYTES);
            if (page.next() == null) {
                break;
            }
            page = stream.list(page.next());
        }
        appendIf(0);
        if (fold.size() > 0) {
            deleteAll(fold);
        }
        return position;
    }

    private void compare(RegistryFold fold, ListedStream entry) {
        String path = entry.path();
        if (path.equals(StreamPath.REGISTRY.value())) {
            return;
        }
        String type = entry.info().contentType().value();
        streamCount++;
        if (!fold.has(path, entry.createdMillis())) {
            if (fold.has(path)) {
                messages.delete(path);
            }
            messages.insert(path, type, entry.createdMillis());
        } else if (!fold.has(path, type, entry.createdMillis())) {
            messages.update(path, type, entry.createdMillis());
        }
        fold.remove(path);
    }

    /** Appends the deletion of each stream that is left in {@code fold}. */
    private void deleteAll(RegistryFold fold) throws InterruptedException {
        RegistryMessages.Reader deletes = new RegistryMessages.Reader() {
            @Override
            public void inserted(String path, String contentType, long createdMillis) {
                if (fold.has(path)) {
                    fold.remove(path);
                    messages.delete(path);
                }
            }

            @Override
            public void deleted(String path) {}
        };
        stream.read(deletes, () -> appendIf(0));
    }

    // ---- changes ----

    /** Appends changes until some are missed, or the registry is to be begun again. */
    private void follow(ListingPosition from) throws InterruptedException {
        ListingPosition position = from;
        while (!retries.hasEnded()) {
            Outcome.Changes changes = stream.changes(position, isBehind ? 0 : WAIT_MILLIS);
            long readNanos = System.nanoTime();
            changes.changes().forEach(this::add);
            append();
            if (changes.hasAll()) {
                hasAllUntil(readNanos, changes.changes().isEmpty());
            }
            position = changes.position();
            if (isTooLong() && hasBegunAgain()) {
                return;
            }
        }
    }

    /**
     * The registry has all changes until a time.
     *
     * @param isIdle whether there was none to append, which would have taken time
     */
    private void hasAllUntil(long readNanos, boolean isIdle) {
        behindSinceNanos = readNanos;
        isBehind = isBehind && !isIdle;
    }

    private boolean isTooLong() {
        return messageCount > messagesMin
                && messageCount > MESSAGES_PER_STREAM * streamCount
                && System.nanoTime() - beginsAgainNanos >= 0;
    }

    /** Replaces the registry by an empty one; returns false if it could not be created again, so that it is kept. */
    private boolean hasBegunAgain() throws InterruptedException {
        Refusal obstacle = stream.obstacle();
        if (obstacle != null) {
            retries.reportTooLong(obstacle);
            beginsAgainNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(beginnings.next());
            return false;
        }
        beginnings.reset();
        behind();
        stream.replace();
        return true;
    }

    private void add(StreamChange change) {
        if (change.path().equals(StreamPath.REGISTRY.value())) {
            return;
        }
        switch (change.kind()) {
            case CREATED -> {
                streamCount++;
                messages.insert(change.path(), change.contentType().value(), change.createdMillis());
            }
            case DELETED -> {
                streamCount--;
                messages.delete(change.path());
            }
            case CLOSED -> {
                // The registry does not say whether a stream is closed.
            }
        }
    }

    private void appendIf(int length) throws InterruptedException {
        if (messages.count() > 0 && messages.length() >= length) {
            append();
        }
    }

    /** Appends the messages at hand, as soon as there is room for them. */
    private void append() throws InterruptedException {
        if (messages.count() == 0) {
            return;
        }
        behind();
        int count = messages.count();
        stream.append(messages.take());
        messageCount += count;
    }

    /** Ends the thread; changes that it has not appended are appended after the next start. */
    @Override
    public void close() {
        retries.end();
        thread.interrupt();
        try {
            thread.join(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
