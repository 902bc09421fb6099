package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore.Inherited;
import io.streamkeeper.storage.stream.StreamState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One read of a stream: the inherited bytes come from the ancestors' shards, oldest first, then the stream's own bytes
 * follow, all in one answer (section 4.2). Owned by the shard of the stream that is read; each step on another shard is
 * one message to it and one back. An answer contains pieces of at most {@value #RUNS_MAX} ancestors; if there are more,
 * it ends early.
 */
public final class StreamRead {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRead.class);

    /** Limit for the ancestors of one answer, which bounds the time that it takes. */
    static final int RUNS_MAX = 20_000;

    private final Shard shard;
    private final StreamState stream;
    private final Lineage lineage;
    private final long start;
    private final ReadLimit limit;
    private final Reply reply;
    private final Pieces inherited = new Pieces();
    private final Steps steps;
    private long position;
    private int runs;

    private StreamRead(Shard shard, StreamState stream, Lineage lineage, long start, ReadLimit limit, Reply reply) {
        this.shard = shard;
        this.stream = stream;
        this.lineage = lineage;
        this.start = start;
        this.limit = limit;
        this.reply = reply;
        this.position = start;
        this.steps = new Steps(shard.turns(), () -> shard.step(this::refuse, this::step));
    }

    /** Reads about {@code bytesMax} bytes from {@code start} on; {@code reply} is called on the shard's loop. */
    public static void start(Shard shard, StreamState stream, long start, int bytesMax, Reply reply) {
        start(shard, stream, start, ReadLimit.of(bytesMax), reply);
    }

    /** Reads from {@code start} on, up to {@code limit}; {@code reply} is called on the shard's loop. */
    public static void start(Shard shard, StreamState stream, long start, ReadLimit limit, Reply reply) {
        Lineage lineage = stream.lineage();
        if (lineage == null || start >= stream.ownStart()) {
            shard.store().read(stream, start, Buffers.NONE, start, limit, reply);
        } else {
            new StreamRead(shard, stream, lineage, start, limit, reply).steps.start();
        }
    }

    private void step() {
        int rest = limit.bytesMax() - inherited.bytes();
        if (stream.isDurablyDeleted()) {
            inherited.release();
            reply.complete(Refusal.of(
                    ErrorCode.STREAM_NOT_FOUND,
                    "stream " + Quoted.of(stream.path().value()) + " was deleted while it was read"));
        } else if (position >= stream.ownStart() || rest <= 0 || runs == RUNS_MAX || position >= limit.end()) {
            boolean waitsNext = limit.share() != null && inherited.bytes() > 0;
            ReadLimit own = limit.withBytesMax(waitsNext ? 0 : rest);
            shard.store().read(stream, start, inherited.take(), position, own, reply);
        } else {
            runs++;
            Lineage run = lineage.at(position);
            long from = position;
            Shard owner = shard.shards().of(run.path());
            // The bytes read so far already hold memory, so the rest does not wait for more.
            ReadLimit part = new ReadLimit(limit.end(), rest, inherited.bytes() == 0 ? limit.share() : null);
            owner.step(this::refuse, () -> readFrom(owner, run, from, part));
        }
    }

    /** Runs on the ancestor's loop. */
    private void readFrom(Shard owner, Lineage run, long from, ReadLimit part) {
        owner.store().readInherited(run, from, part, new Callback<>() {
            @Override
            public void complete(Inherited read) {
                shard.step(StreamRead.this::refuse, () -> taken(read));
            }

            @Override
            public void refuse(Refusal refusal) {
                StreamRead.this.refuse(refusal);
            }
        });
    }

    private void taken(Inherited read) {
        ByteBuf bytes = read.bytes();
        if (read.end() == position) {
            bytes.release();
            LOG.error("a read of stream {} does not get past position {}", stream.path(), position);
            refuse(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
            return;
        }
        inherited.add(bytes);
        position = read.end();
        steps.answered();
    }

    private void refuse(Refusal refusal) {
        shard.run(() -> {
            if (refusal.code() == ErrorCode.OVERLOADED && limit.share() != null && inherited.bytes() > 0) {
                shard.store().read(stream, start, inherited.take(), position, limit.withBytesMax(0), reply);
                return;
            }
            inherited.release();
            reply.complete(refusal);
        });
    }
}
