package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.EventId;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.StreamsEventId;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.TurnQueue;
import io.streamkeeper.server.shard.live.Subscriber;
import io.streamkeeper.server.shard.live.Subscription;
import io.streamkeeper.server.shard.live.TailEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One of the streams that a {@link StreamsSession} follows: its position, and whether it waits for its turn to be read.
 * Owned by the connection's loop.
 *
 * <pre>
 *   WAITING ──its turn──▶ READING ──at the tail──▶ ATTACHED ──behind──▶ WAITING
 *      ▲                     └──more to read──▶ WAITING
 *   every state ──removed, deleted, closed, refused──▶ ENDED
 * </pre>
 */
final class FollowedStream implements Subscriber, EventId {
    /** The heap of a stream of a session, without its path: here, in the maps, and of a tail with one subscriber. */
    static final int HEAP_BYTES = 1 << 10;

    private enum State {
        WAITING,
        READING,
        ATTACHED,
        ENDED
    }

    private final StreamsSession session;
    private final Command.Read read;
    private final byte[] name;
    private final Subscription subscription;
    private final SessionOffsets offsets;
    private final int place;
    private State state = State.WAITING;
    private boolean isPlaced;
    private long position;
    private @Nullable Offset next;
    private long heapBytes;
    private boolean isDescribed;
    private boolean wasUpToDate;

    FollowedStream(StreamsSession session, Command.Read read, Shard shard, int chunkBytesMax, SessionOffsets offsets) {
        this.session = session;
        this.read = read;
        this.name = read.path().value().getBytes(StandardCharsets.UTF_8);
        this.subscription = new Subscription(shard, read, chunkBytesMax, this);
        this.offsets = offsets;
        this.place = offsets.placeOf(read.path().value());
        this.heapBytes = heapBytes(read);
    }

    /** The heap that a stream with this read takes in a session. */
    static long heapBytes(Command.Read read) {
        return HEAP_BYTES + 3L * read.path().value().length();
    }

    /** The heap that is to be released for it, which is nothing from the second call on. */
    long takeHeapBytes() {
        long bytes = heapBytes;
        heapBytes = 0;
        return bytes;
    }

    String path() {
        return read.path().value();
    }

    Command.Read read() {
        return read;
    }

    /** The offset after what was sent; null before anything was read. */
    @Nullable
    Offset next() {
        return next;
    }

    /** With this id a reader resumes after what was sent; null before anything was read. */
    @Nullable
    EventId id() {
        return next == null ? null : this;
    }

    @Override
    public int bytesMax() {
        return name.length + StreamsEventId.offsetsBytes(offsets.all().length);
    }

    @Override
    public void writeTo(ByteBuf out) {
        if (next == null) {
            throw new IllegalStateException("nothing of stream " + read.path() + " was read");
        }
        StreamsEventId.write(out, name, next, offsets.all());
    }

    boolean isOver() {
        return state == State.ENDED;
    }

    /** Whether the client has to be sent how to decode the data, which it is once. */
    boolean becomesDescribed() {
        boolean becomes = !isDescribed;
        isDescribed = true;
        return becomes;
    }

    /** Whether the client has everything for the first time. */
    boolean becomesUpToDate() {
        boolean becomes = !wasUpToDate;
        wasUpToDate = true;
        return becomes;
    }

    // ---- its turn ----

    /** Reads the next bytes. */
    void readOn() {
        state = State.READING;
        if (isPlaced) {
            subscription.pull(position);
        } else {
            subscription.open();
        }
    }

    /** Everything up to the end of {@code chunk} was sent. */
    void sent(Outcome.Chunk chunk) {
        sent(chunk.next());
    }

    private void sent(Offset offset) {
        position = offset.position();
        next = offset;
        offsets.moved(place, offset);
    }

    /** Waits for its turn; returns false if it does already, or is read, or is over. */
    boolean waits() {
        if (state != State.ATTACHED && state != State.READING) {
            return false;
        }
        state = State.WAITING;
        return true;
    }

    /** Ends; the shard delivers nothing more, except the answer to a read that is under way. */
    void end() {
        if (state != State.ENDED) {
            state = State.ENDED;
            subscription.cancel();
        }
    }

    // ---- from the shard ----

    @Override
    public EventLoop loop() {
        return session.loop();
    }

    @Override
    public TurnQueue turns() {
        return session.turns();
    }

    @Override
    public void pulled(Outcome outcome, boolean attached) {
        if (state == State.READING && attached) {
            state = State.ATTACHED;
        }
        session.read(this, outcome, attached);
    }

    /** Where the first read has begun; the next one begins there, if the bytes cannot be sent. */
    void startsAt(Outcome.Chunk chunk) {
        if (!isPlaced) {
            isPlaced = true;
            sent(chunk.start());
        }
    }

    @Override
    public void moved(TailEvent event) {
        boolean isNew = event.to() > position || event.chunk().closed();
        if (state == State.ATTACHED && isNew) {
            session.moved(this, event, event.from() == position);
        }
    }

    @Override
    public void ended() {
        session.deleted(this);
    }
}
