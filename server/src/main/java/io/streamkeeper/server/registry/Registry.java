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
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the registry: one thread that follows the changes of all streams and appends them. No request of a client waits
 * for it. While an append is refused, such as on a full disk, it tries again.
 *
 * <p>At the start, and whenever it has missed changes, it compares what the messages of the registry say with a listing,
 * appends what is missing, and follows the changes from the position of the first page. Some of these may be in the
 * registry already, and come again in their order; so whatever was interrupted before, the last message about each stream
 * is right in the end.
 *
 * <p>When the registry has many more messages than there are streams, it is deleted and begun again, so that it is bounded
 * by the number of streams.
 */
public final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    /** The registry is not begun again before it has so many messages. */
    static final int MESSAGES_MIN = 100_000;

    /** Nor before it has so many times as many messages as there are streams. */
    private static final int MESSAGES_PER_STREAM = 4;

    /** The length from which on messages are appended. */
    private static final int APPEND_BYTES = 64 << 10;

    /** The statuses of refusals that may pass. */
    private static final Set<Integer> MAY_PASS = Set.of(429, 503, 507);

    private static final long WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long RETRY_MILLIS = 500;
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long END_MILLIS_MAX = 10_000;

    private final RegistryStream stream;
    private final MemoryLedger memory;
    private final int messagesMin;
    private final Thread thread = new Thread(this::run, "streamkeeper-registry");
    private volatile long behindSinceNanos = System.nanoTime();
    private volatile boolean isBehind = true;
    private final CountDownLatch ended = new CountDownLatch(1);
    private RegistryMessages messages = new RegistryMessages();
    private long messageCount;
    private long streamCount;
    private long reportedNanos = System.nanoTime() - REPORT_NANOS;

    private Registry(RegistryStream stream, MemoryLedger memory, int messagesMin) {
        this.stream = stream;
        this.memory = memory;
        this.messagesMin = messagesMin;
        thread.setDaemon(true);
    }

    /** Starts the registry of {@code shards}, which is created if it does not exist. */
    public static Registry start(Shards shards, MemoryLedger memory, Supplier<JsonSplitter> splitters) {
        return start(shards, memory, splitters, MESSAGES_MIN);
    }

    static Registry start(Shards shards, MemoryLedger memory, Supplier<JsonSplitter> splitters, int messagesMin) {
        Registry registry = new Registry(new RegistryStream(shards, memory, splitters), memory, messagesMin);
        try {
            registry.stream.ensure();
        } catch (RefusedException e) {
            LOG.warn(
                    "the registry cannot be created now; it is tried again: {}",
                    e.refusal().message());
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

    private boolean isClosed() {
        return ended.getCount() == 0;
    }

    private void behind() {
        if (!isBehind) {
            behindSinceNanos = System.nanoTime();
            isBehind = true;
        }
    }

    // ---- the thread ----

    private void run() {
        while (!isClosed()) {
            try {
                follow(reconcile());
            } catch (InterruptedException e) {
                return;
            } catch (RefusedException e) {
                refused(e);
            } catch (RuntimeException | Error e) {
                LOG.error("the registry has failed, and begins again", e);
                pause();
            }
        }
    }

    private void refused(RefusedException refused) {
        behind();
        messages = new RegistryMessages();
        ErrorCode code = refused.refusal().code();
        if (code == ErrorCode.OFFSET_GONE) {
            return;
        }
        report(refused);
        pause();
    }

    /** Reports, once a minute, why the registry lacks changes. */
    private void report(RefusedException refused) {
        long now = System.nanoTime();
        if (refused.refusal().code() != ErrorCode.SHUTTING_DOWN && now - reportedNanos >= REPORT_NANOS) {
            reportedNanos = now;
            LOG.warn(
                    "the registry lacks changes; it is tried again: {}",
                    refused.refusal().message());
        }
    }

    /** Waits before another attempt; not longer than until the registry is closed. */
    private void pause() {
        try {
            ended.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("the registry is closed", e);
        }
    }

    // ---- the comparison ----

    /** Appends what the registry lacks; returns the position from which on it lacks changes. */
    private ListingPosition reconcile() throws InterruptedException {
        behind();
        stream.ensure();
        try (RegistryFold fold = new RegistryFold(memory.descriptions())) {
            messageCount = stream.read(fold, () -> {});
            fold.check();
            return reconcile(fold);
        } catch (RegistryFold.NoRoom e) {
            LOG.warn("the registry is begun again, because there is no heap to compare it");
        }
        beginAgain();
        try (RegistryFold empty = new RegistryFold(memory.descriptions())) {
            return reconcile(empty);
        } catch (RegistryFold.NoRoom e) {
            throw new RefusedException(ErrorCode.OVERLOADED, String.valueOf(e.getMessage()));
        }
    }

    private void beginAgain() throws InterruptedException {
        stream.delete();
        stream.create();
        messageCount = 0;
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
        if (!fold.has(path, type, entry.createdMillis())) {
            if (fold.has(path)) {
                messages.delete(path);
            }
            messages.insert(path, type, entry.createdMillis());
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
        isBehind = false;
        while (!isClosed()) {
            Outcome.Changes changes = stream.changes(position, WAIT_MILLIS);
            changes.changes().forEach(this::add);
            append();
            isBehind = false;
            position = changes.position();
            if (messageCount > messagesMin && messageCount > MESSAGES_PER_STREAM * streamCount) {
                behind();
                beginAgain();
                return;
            }
        }
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

    /** Appends the messages at hand. While there is no room for them it tries again: they are in the history, too. */
    private void append() throws InterruptedException {
        if (messages.count() == 0) {
            return;
        }
        behind();
        int count = messages.count();
        byte[] array = messages.take();
        while (!isAppended(array)) {
            pause();
            if (isClosed()) {
                throw new InterruptedException("the registry is closed");
            }
        }
        messageCount += count;
    }

    /** Appends messages; returns false if there is no room for them now. */
    private boolean isAppended(byte[] array) throws InterruptedException {
        try {
            stream.append(array);
            return true;
        } catch (RefusedException e) {
            ErrorCode code = e.refusal().code();
            if (code == ErrorCode.SHUTTING_DOWN || !MAY_PASS.contains(code.status())) {
                throw e;
            }
            report(e);
            return false;
        }
    }

    /** Ends the thread; changes that it has not appended are appended after the next start. */
    @Override
    public void close() {
        ended.countDown();
        thread.interrupt();
        try {
            thread.join(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
