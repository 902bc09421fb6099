package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.Buffers;
import io.streamkeeper.storage.Callback;
import io.streamkeeper.storage.Lineage;
import io.streamkeeper.storage.Reply;
import io.streamkeeper.storage.ShardStore.Inherited;
import io.streamkeeper.storage.StreamState;

/**
 * One read of a stream: what it inherits is asked of the ancestors' shards, oldest first, then its own bytes follow, all
 * in one answer (section 4.2). Owned by the shard of the stream that is read; each step on another shard is a message
 * there and one back.
 */
final class StreamRead {
    private final Shard shard;
    private final StreamState stream;
    private final Lineage lineage;
    private final long start;
    private final int bytesMax;
    private final Reply reply;
    private ByteBuf inherited = Buffers.NONE;
    private long position;

    private StreamRead(Shard shard, StreamState stream, Lineage lineage, long start, int bytesMax, Reply reply) {
        this.shard = shard;
        this.stream = stream;
        this.lineage = lineage;
        this.start = start;
        this.bytesMax = bytesMax;
        this.reply = reply;
        this.position = start;
    }

    /** Reads about {@code bytesMax} bytes from {@code start} on; the reply comes on the shard's loop. */
    static void start(Shard shard, StreamState stream, long start, int bytesMax, Reply reply) {
        Lineage lineage = stream.lineage();
        if (lineage == null || start >= stream.ownStart()) {
            shard.store().read(stream, start, Buffers.NONE, start, bytesMax, reply);
        } else {
            new StreamRead(shard, stream, lineage, start, bytesMax, reply).next();
        }
    }

    private void next() {
        int rest = bytesMax - inherited.readableBytes();
        if (stream.isDurablyDeleted()) {
            inherited.release();
            reply.complete(Refusal.of(
                    ErrorCode.STREAM_NOT_FOUND,
                    "stream " + Quoted.of(stream.path().value()) + " was deleted while it was read"));
        } else if (position >= stream.ownStart() || rest <= 0) {
            shard.store().read(stream, start, inherited, position, rest, reply);
        } else {
            Lineage run = lineage.at(position);
            Shard owner = shard.shards().of(run.path());
            owner.run(() -> readFrom(owner, run, rest));
        }
    }

    /** On the ancestor's loop. */
    private void readFrom(Shard owner, Lineage run, int rest) {
        try {
            owner.store().readInherited(run, position, rest, new Callback<>() {
                @Override
                public void complete(Inherited read) {
                    shard.run(() -> {
                        inherited = Buffers.join(inherited, read.bytes());
                        position = read.end();
                        next();
                    });
                }

                @Override
                public void refuse(Refusal refusal) {
                    StreamRead.this.refuse(refusal);
                }
            });
        } catch (RefusedException e) {
            refuse(e.refusal());
        }
    }

    private void refuse(Refusal refusal) {
        shard.run(() -> {
            inherited.release();
            reply.complete(refusal);
        });
    }
}
