package io.streamkeeper.server.subscription.webhook;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Awaited;
import io.streamkeeper.server.shard.Shards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The keys of webhooks in the streams of a cluster, so that each member that leads has them: a stream with a reserved
 * path, to which the text of each {@link KeyFile} is appended. All methods block; any thread but a loop may call them.
 */
public final class KeyLog {
    /** A reserved path, which clients cannot address. */
    private static final StreamPath PATH = new StreamPath("__ds/webhook-keys");

    private static final int READ_BYTES = 64 << 10;

    private final Shards shards;

    /** The keys in the streams of {@code shards}. */
    public KeyLog(Shards shards) {
        this.shards = shards;
    }

    /**
     * The keys that were appended last; null if there are none.
     *
     * @throws IOException if they cannot be read
     */
    @Nullable
    KeySet newest() throws IOException {
        try {
            String text = text();
            int last = text.lastIndexOf(KeyFile.TITLE);
            return last < 0 ? null : KeyFile.parse(text.substring(last).lines().toList());
        } catch (RefusedException e) {
            if (e.refusal().code() == ErrorCode.STREAM_NOT_FOUND) {
                return null;
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    private String text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        ReadStart from = new ReadStart.Beginning();
        boolean ends = false;
        while (!ends) {
            Outcome.Chunk chunk =
                    execute(Outcome.Chunk.class, new Command.Read(PATH, from, LiveMode.NONE, 0, null, null));
            try {
                text.write(ByteBufUtil.getBytes(chunk.bytes()));
            } finally {
                chunk.bytes().release();
            }
            from = new ReadStart.At(chunk.next());
            ends = chunk.upToDate();
        }
        return text.toString(StandardCharsets.US_ASCII);
    }

    /**
     * Appends keys; returns when they are durable.
     *
     * @throws IOException if that fails; they may be appended all the same if the outcome is not known
     */
    void append(KeySet keys) throws IOException {
        try {
            execute(
                    Outcome.Created.class,
                    new Command.Create(
                            PATH,
                            ContentType.OCTET_STREAM,
                            Expiry.never(),
                            Retention.none(),
                            false,
                            null,
                            Preconditions.NONE,
                            Body.empty()));
            execute(
                    Outcome.Appended.class,
                    Command.Append.of(
                            PATH,
                            ContentType.OCTET_STREAM,
                            Body.of(Unpooled.copiedBuffer(KeyFile.text(keys), StandardCharsets.US_ASCII))
                                    .toAppend()));
        } catch (RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Removes all keys, which are kept elsewhere.
     *
     * @throws IOException if that fails
     */
    void drop() throws IOException {
        try {
            execute(Outcome.Deleted.class, new Command.Delete(PATH, Preconditions.NONE));
        } catch (RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private <T extends Outcome> T execute(Class<T> type, Command command) throws IOException {
        try {
            return Awaited.outcome(type, reply -> {
                shards.of(command.path()).execute(command, READ_BYTES, reply);
                return () -> {};
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the keys of webhooks were read or written");
        }
    }
}
