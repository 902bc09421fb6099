package io.streamkeeper.storage.simulation;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Boundaries.Around;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.MessageSearch.Part;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A search for a place some messages before or after another one, or for the ends of the message at a place, over the
 * shards that hold what the stream inherits, as the server makes it.
 */
final class Searching {
    /** What is searched for. */
    enum Kind {
        FORWARD,
        BACKWARD,
        AROUND,
        SINCE
    }

    final Incarnation of;
    final Kind kind;
    final long from;
    final long count;
    final long earliest;
    final long tail;

    private final SimulatedProcess process;
    private final SimulatedProcess.Shard home;
    private final StreamState stream;
    private final Lineage lineage;
    private long position;
    private long remaining;
    private boolean inherits;
    private boolean done;

    /** What the stream had left when this ended. */
    private long kept;

    private @Nullable Around around;
    private @Nullable Refusal refusal;

    Searching(SimulatedProcess process, StreamState stream, Incarnation of, Kind kind, long from, long count) {
        this.process = process;
        this.home = process.of(of.path);
        this.stream = stream;
        this.of = of;
        this.kind = kind;
        this.from = from;
        this.count = count;
        this.earliest = stream.durableEarliest();
        this.tail = stream.durableTail();
        this.lineage = stream.lineageUpTo(tail);
        this.position = from;
        this.remaining = kind == Kind.SINCE ? 1 : count;
    }

    boolean isDone() {
        return done;
    }

    /** Why nothing was found, or null. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** Whether some of it was asked of another stream. */
    boolean inherits() {
        return inherits;
    }

    /** Continues; on the home shard's loop. */
    void next() {
        if (stream.isDurablyDeleted()) {
            refuse(Refusal.of(ErrorCode.STREAM_NOT_FOUND, "deleted meanwhile"));
            return;
        }
        boolean isAtEnd = switch (kind) {
            case FORWARD, SINCE -> position >= tail;
            case BACKWARD -> position <= earliest;
            case AROUND -> position <= earliest || position >= tail;
        };
        if (isAtEnd || remaining == 0) {
            done = true;
            kept = stream.content().start();
            return;
        }
        Lineage run = kind == Kind.BACKWARD ? lineage.before(position) : lineage.at(position);
        boolean isOwn = run.generation() == stream.generation();
        inherits |= !isOwn;
        SimulatedProcess.Shard owner = isOwn ? home : process.of(run.path().value());
        owner.loop().execute(() -> search(owner, new Part(run, isOwn ? stream : null)));
    }

    private void search(SimulatedProcess.Shard owner, Part part) {
        try {
            switch (kind) {
                case FORWARD -> owner.store().messages().skip(part, position, remaining, then(this::skipped));
                case BACKWARD ->
                    owner.store().messages().skipBack(part, earliest, position, remaining, then(this::skipped));
                case SINCE ->
                    then(this::skipped).complete(owner.store().messages().since(part, position, count));
                case AROUND ->
                    owner.store().messages().around(part, position, then(found -> {
                        around = found;
                        remaining = 0;
                    }));
            }
        } catch (RefusedException e) {
            refuse(e.refusal());
        }
    }

    private void skipped(Skipped skipped) {
        position = skipped.position();
        remaining = skipped.remaining();
    }

    private <T> Callback<T> then(Consumer<T> step) {
        return new Callback<>() {
            @Override
            public void complete(T value) {
                home.loop().execute(() -> {
                    step.accept(value);
                    next();
                });
            }

            @Override
            public void refuse(Refusal refused) {
                Searching.this.refuse(refused);
            }
        };
    }

    private void refuse(Refusal refused) {
        refusal = refused;
        done = true;
    }

    /** Whether the result is that of a search in {@code version}. */
    boolean isOf(Version version) {
        if (version.of() != of || version.deleted() || version.tail() < tail) {
            return false;
        }
        if (kind == Kind.SINCE) {
            return position >= earliest && version.isBoundary(position) && !leavesOut(version);
        }
        long below = boundary(version, from, -1);
        long above = boundary(version, from, 1);
        if (kind == Kind.AROUND) {
            Around found = around;
            return found == null
                    ? from <= earliest || from >= tail
                    : found.floor() == below && found.ceiling() == above;
        }
        long expected = from;
        int step = kind == Kind.FORWARD ? 1 : -1;
        for (long i = 0; i < count && expected != (step > 0 ? tail : earliest); i++) {
            expected = boundary(version, expected + step, step);
        }
        boolean isCut = kind == Kind.BACKWARD && position > expected && position <= kept;
        return below == above && (position == expected || isCut);
    }

    /** Whether a message of that time or later is before the result. */
    private boolean leavesOut(Version version) {
        for (Version.Piece piece = version.last(); piece != null; piece = piece.before()) {
            if (piece.millis() >= count
                    && piece.start() >= earliest
                    && piece.start() < position
                    && piece.end() <= tail) {
                return true;
            }
        }
        return false;
    }

    private static long boundary(Version version, long from, int step) {
        long at = from;
        while (!version.isBoundary(at)) {
            at += step;
        }
        return at;
    }

    /** The reason, if the place was inside a message, or is in bytes that retention drops. */
    boolean mayBeRefused(Version staged, long clockMax) {
        ErrorCode code = refusal == null ? null : refusal.code();
        if (code == ErrorCode.INVALID_OFFSET) {
            return kind != Kind.AROUND && !staged.isBoundary(from);
        }
        return code == ErrorCode.OFFSET_GONE && from < staged.trimmableAt(clockMax);
    }

    @Override
    public String toString() {
        return "search " + kind + " of " + of + " from " + from + " by " + count + " within " + earliest + " to " + tail
                + ": " + (refusal == null ? position + " " + around : refusal);
    }
}
