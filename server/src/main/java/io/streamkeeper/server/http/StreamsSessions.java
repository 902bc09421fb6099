package io.streamkeeper.server.http;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link StreamsSession}s of a server, by id, and their limits. An id cannot be guessed. Safe for use by any thread;
 * used only when a session begins, changes or ends.
 */
final class StreamsSessions {
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;

    private final Map<String, StreamsSession> sessions = new ConcurrentHashMap<>();

    /** Has digested a secret of this process: a loop must not wait for random bytes. */
    private final MessageDigest secret;

    private final AtomicLong count = new AtomicLong();
    private final Budget memory;
    private final int streamsMax;

    /**
     * The sessions of a server.
     *
     * @param memory the heap for the streams of all sessions
     * @param streamsMax how many streams a session follows at most
     */
    StreamsSessions(Budget memory, int streamsMax) {
        this.memory = memory;
        this.streamsMax = streamsMax;
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        try {
            this.secret = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        secret.update(random);
    }

    int streamsMax() {
        return streamsMax;
    }

    String newId() {
        try {
            MessageDigest digest = (MessageDigest) secret.clone();
            byte[] number = ByteBuffer.allocate(Long.BYTES)
                    .putLong(count.incrementAndGet())
                    .array();
            return HexFormat.of().formatHex(digest.digest(number), 0, ID_BYTES);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the digest of the JDK can be cloned", e);
        }
    }

    /** Reserves the heap for a session that follows {@code reads}; null if none is available. */
    @Nullable
    Reservation reserve(List<Command.Read> reads) {
        return memory.reserve(heapBytes(reads));
    }

    /** The heap of the streams of a session. */
    static long heapBytes(List<Command.Read> reads) {
        return reads.stream().mapToLong(FollowedStream::heapBytes).sum();
    }

    /** A part of a reservation is not needed any more. */
    void release(long bytes) {
        memory.release(bytes);
    }

    void add(String id, StreamsSession session) {
        sessions.put(id, session);
    }

    void remove(String id) {
        sessions.remove(id);
    }

    /**
     * Changes the streams of a session, on its loop.
     *
     * @param principal who requests it: only the one whose session it is may; null if the server does not authenticate
     * @param answer receives the refusal, or null if it is done, on {@code loop}
     */
    void change(
            String id,
            @Nullable Principal principal,
            List<Command.Read> added,
            List<StreamPath> removed,
            EventLoop loop,
            Consumer<@Nullable Refusal> answer) {
        StreamsSession session = sessions.get(id);
        if (session == null) {
            answer.accept(unknown());
            return;
        }
        session.loop().execute(() -> {
            boolean isOwner = isSame(session.exchange.principal(), principal);
            Refusal refusal = isOwner ? session.change(added, removed) : unknown();
            LoopTasks.run(loop, () -> answer.accept(refusal));
        });
    }

    private static boolean isSame(@Nullable Principal owner, @Nullable Principal other) {
        if (owner == null || other == null) {
            return owner == null && other == null;
        }
        return owner.name().equals(other.name()) && owner.hasName() == other.hasName();
    }

    static Refusal unknown() {
        return Refusal.of(
                ErrorCode.NOT_FOUND, "there is no such session; expected the id of one that has begun and not ended");
    }

    Refusal tooMany(int streams) {
        return Refusal.of(
                ErrorCode.INVALID_PARAMETER,
                "the session would follow " + streams + " streams, expected at most " + streamsMax);
    }

    static Refusal noRoom() {
        return Refusal.of(
                ErrorCode.OVERLOADED, "there is no memory for the streams of another session; try again later");
    }
}
