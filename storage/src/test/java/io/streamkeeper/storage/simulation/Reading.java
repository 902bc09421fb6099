package io.streamkeeper.storage.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore.Inherited;
import io.streamkeeper.storage.stream.StreamState;

/** One read of about so many bytes, over the shards that hold what the stream inherits, as the server makes it. */
final class Reading {
    private static final int WINDOW_BYTES = 1 << 20;

    final Incarnation of;
    final long start;

    /** How many files of the stream's shard were removed before it began. */
    int removedBefore;

    private final SimulatedProcess process;
    private final SimulatedProcess.Shard home;
    private final StreamState stream;
    private final int bytesMax;

    /** Whether it reads to the tail, window by window, as an answer to a reader that catches up. */
    private final boolean isByWindows;

    private final StringBuilder text = new StringBuilder();
    private long position;
    private boolean done;
    private Refusal refusal;
    private boolean upToDate;
    private boolean closed;
    private boolean inherits;

    Reading(SimulatedProcess process, StreamState stream, Incarnation of, long start, int bytesMax) {
        this.process = process;
        this.home = process.of(of.path);
        this.stream = stream;
        this.of = of;
        this.start = start;
        this.position = start;
        this.bytesMax = bytesMax;
        this.isByWindows = bytesMax % 3 == 0;
    }

    boolean isDone() {
        return done;
    }

    /** Why nothing was read, or null. */
    Refusal refusal() {
        return refusal;
    }

    String text() {
        return text.toString();
    }

    long end() {
        return start + text.length();
    }

    boolean isUpToDate() {
        return upToDate;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether some of it was asked of another stream. */
    boolean inherits() {
        return inherits;
    }

    /** Continues; on the home shard's loop. */
    void next() {
        int rest = bytesMax - text.length();
        if (stream.isDurablyDeleted()) {
            refuse(Refusal.of(ErrorCode.STREAM_NOT_FOUND, "deleted meanwhile"));
        } else if (position >= stream.ownStart() && rest > 0 && isByWindows) {
            readByWindows();
        } else if (position >= stream.ownStart() || rest <= 0) {
            home.store().read(stream, position, Buffers.NONE, position, rest, this::readOwn);
        } else {
            inherits = true;
            Lineage run = stream.lineage().at(position);
            SimulatedProcess.Shard owner = process.of(run.path().value());
            owner.loop().execute(() -> readFrom(owner, run, rest));
        }
    }

    private void readByWindows() {
        ReadShare share = home.store().admit();
        if (share == null) {
            home.store().read(stream, position, Buffers.NONE, position, bytesMax, this::readOwn);
        } else {
            window(share, stream.durableTail());
        }
    }

    private void window(ReadShare share, long end) {
        assertThat(share.begin()).isTrue();
        ReadLimit limit = new ReadLimit(end, WINDOW_BYTES, share);
        home.store().read(stream, position, Buffers.NONE, position, limit, outcome -> {
            share.end();
            if (outcome instanceof Outcome.Chunk chunk
                    && position + chunk.bytes().readableBytes() < end) {
                take(chunk.bytes());
                share.next(position);
                home.loop().execute(() -> nextWindow(share, end));
            } else {
                share.close();
                readOwn(outcome);
            }
        });
    }

    private void nextWindow(ReadShare share, long end) {
        if (stream.isDurablyDeleted()) {
            share.close();
            refuse(Refusal.of(ErrorCode.STREAM_NOT_FOUND, "deleted meanwhile"));
        } else {
            window(share, end);
        }
    }

    private void readOwn(Outcome outcome) {
        if (outcome instanceof Refusal refused) {
            refuse(refused);
            return;
        }
        Outcome.Chunk chunk = (Outcome.Chunk) outcome;
        take(chunk.bytes());
        upToDate = chunk.upToDate();
        closed = chunk.closed();
        done = true;
    }

    private void take(ByteBuf bytes) {
        text.append(bytes.toString(ISO_8859_1));
        position += bytes.readableBytes();
        bytes.release();
    }

    private void readFrom(SimulatedProcess.Shard owner, Lineage run, int rest) {
        try {
            owner.store().readInherited(run, position, rest, new Callback<>() {
                @Override
                public void complete(Inherited read) {
                    home.loop().execute(() -> {
                        take(read.bytes());
                        next();
                    });
                }

                @Override
                public void refuse(Refusal refused) {
                    Reading.this.refuse(refused);
                }
            });
        } catch (RefusedException e) {
            refuse(e.refusal());
        }
    }

    private void refuse(Refusal refused) {
        refusal = refused;
        done = true;
    }
}
