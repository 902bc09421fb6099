package io.streamkeeper.server.registry;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Awaited;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.StreamListing;
import io.streamkeeper.server.shard.change.ChangesCall;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the registry does with streams. Each call blocks until it is answered, and throws a {@link RefusedException} if it
 * is refused, and still is after some attempts where the reason may pass.
 */
final class RegistryStream {
    /** About how much of the registry one read returns. */
    private static final int READ_BYTES = 256 << 10;

    /** How often a command of a comparison is given before the comparison begins again. */
    private static final int ATTEMPTS = 8;

    private static final String QUOTED = Quoted.of(StreamPath.REGISTRY.value());

    private final Shards shards;
    private final MemoryLedger memory;
    private final JsonRoom room;
    private final Supplier<JsonSplitter> splitters;
    private final RegistryRetries retries;
    private final EventLoop loop;

    RegistryStream(Shards shards, MemoryLedger memory, Supplier<JsonSplitter> splitters, RegistryRetries retries) {
        this.shards = shards;
        this.memory = memory;
        this.room = new JsonRoom(memory.splitting());
        this.splitters = splitters;
        this.retries = retries;
        this.loop = shards.all().get(0).loop();
    }

    /** Nothing ends the command early. */
    private static void nothing() {}

    private <T extends Outcome> T execute(Class<T> type, Command command) throws InterruptedException {
        return Awaited.outcome(type, reply -> {
            shards.of(command.path()).execute(command, READ_BYTES, reply);
            return RegistryStream::nothing;
        });
    }

    // ---- existence ----

    /**
     * Creates the registry if it does not exist. A stream of JSON that clients have made there while the server did not
     * write it is continued; but one that is closed, expires or has retention is replaced. A stream of another type than
     * JSON is not that of a registry, and is left as it is.
     */
    void ensure() throws InterruptedException {
        StreamInfo found = find();
        if (found == null) {
            create();
        } else if (!found.contentType().isJson()) {
            throw new RefusedException(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + QUOTED + " has the content type "
                            + Quoted.of(found.contentType().value())
                            + ", expected application/json; delete it while the server runs without --registry");
        } else if (found.closed()
                || !found.expiry().equals(Expiry.never())
                || !found.retention().isNone()) {
            Refusal obstacle = obstacle();
            if (obstacle != null) {
                throw new RefusedException(obstacle);
            }
            replace();
        }
    }

    private @Nullable StreamInfo find() throws InterruptedException {
        try {
            return execute(Outcome.Described.class, new Command.Describe(StreamPath.REGISTRY)).stream();
        } catch (RefusedException e) {
            ErrorCode code = e.refusal().code();
            if (code == ErrorCode.STREAM_NOT_FOUND || code == ErrorCode.STREAM_DELETED) {
                return null;
            }
            throw e;
        }
    }

    /** What is known to prevent that the registry is created again if it is deleted; null if nothing is. */
    @Nullable
    Refusal obstacle() throws InterruptedException {
        Shard shard = shards.of(StreamPath.REGISTRY);
        CompletableFuture<Optional<Refusal>> found = new CompletableFuture<>();
        shard.step(
                refusal -> found.complete(Optional.of(refusal)),
                () -> found.complete(Optional.ofNullable(obstacle(shard.store()))));
        try {
            return found.get().orElse(null);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private @Nullable Refusal obstacle(ShardStore store) {
        if (store.open(StreamPath.REGISTRY, false).forks() > 0) {
            return Refusal.of(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + QUOTED + " is to be replaced, but has forks, which would hold its path; delete them");
        }
        if (!RegistryFold.hasRoom(memory.descriptions(), 0)) {
            return Refusal.of(ErrorCode.OVERLOADED, "the heap for streams is nearly full");
        }
        Obstacle obstacle = store.obstacle();
        return obstacle == null ? null : Refusal.of(ErrorCode.STORAGE_FULL, obstacle.reason());
    }

    /** Deletes the registry and creates it again; to be called only without an {@link #obstacle}. */
    void replace() throws InterruptedException {
        execute(Outcome.Deleted.class, new Command.Delete(StreamPath.REGISTRY, Preconditions.NONE));
        create();
    }

    private void create() throws InterruptedException {
        execute(
                Outcome.Created.class,
                new Command.Create(
                        StreamPath.REGISTRY,
                        ContentType.JSON,
                        Expiry.never(),
                        Retention.none(),
                        false,
                        null,
                        Preconditions.NONE,
                        Body.empty()));
    }

    // ---- content ----

    /** Appends a JSON array of messages, as soon as there is room for it. */
    void append(byte[] messages) throws InterruptedException {
        retries.of(Integer.MAX_VALUE, () -> appendNow(messages));
    }

    private Outcome.Appended appendNow(byte[] messages) throws InterruptedException {
        Body body =
                room.split(splitters.get(), Unpooled.wrappedBuffer(messages)).toAppend();
        return execute(Outcome.Appended.class, Command.Append.of(StreamPath.REGISTRY, ContentType.JSON, body));
    }

    /** Is run after each part of a read. */
    interface Step {
        void run() throws InterruptedException;
    }

    /**
     * Reads all messages, in parts.
     *
     * @param afterPart is run after each part
     * @return their number
     */
    long read(RegistryMessages.Reader reader, Step afterPart) throws InterruptedException {
        ReadStart from = new ReadStart.Beginning();
        long count = 0;
        boolean ends = false;
        while (!ends) {
            Command.Read read = new Command.Read(StreamPath.REGISTRY, from, LiveMode.NONE, 0, null, null);
            Outcome.Chunk chunk = retries.of(ATTEMPTS, () -> execute(Outcome.Chunk.class, read));
            ByteBuf bytes = chunk.bytes();
            try {
                count += RegistryMessages.read(ByteBufUtil.getBytes(bytes), reader);
            } finally {
                bytes.release();
            }
            from = new ReadStart.At(chunk.next());
            ends = chunk.upToDate();
            afterPart.run();
        }
        return count;
    }

    /** The page of all streams after one; the first page for null. */
    Outcome.Listed list(@Nullable String after) throws InterruptedException {
        ListQuery query = new ListQuery("", after, ListQuery.LIMIT_MAX, false);
        return retries.of(
                ATTEMPTS,
                () -> Awaited.outcome(Outcome.Listed.class, reply -> {
                    StreamListing.start(shards, query, path -> true, memory.listings(), loop, reply);
                    return RegistryStream::nothing;
                }));
    }

    // ---- changes ----

    /** The next changes after a position; perhaps none, after {@code waitMillis}. */
    Outcome.Changes changes(ListingPosition after, long waitMillis) throws InterruptedException {
        return retries.of(
                ATTEMPTS,
                () -> Awaited.outcome(Outcome.Changes.class, reply -> {
                    ChangesCall call = new ChangesCall(shards, loop, "", after, waitMillis, reply);
                    call.start();
                    return call::close;
                }));
    }
}
