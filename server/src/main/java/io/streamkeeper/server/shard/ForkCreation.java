package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.Callback;
import io.streamkeeper.storage.ForkSource;
import io.streamkeeper.storage.Lineage;
import io.streamkeeper.storage.Reply;
import io.streamkeeper.storage.ShardStore.Skipped;

/**
 * The creation of one fork, whose source, and what that inherited, may live in other shards (section 4.2). It goes to
 * the source's shard, which counts the fork; for JSON on to the shards that hold the messages around the place where it
 * diverges; and back to its own shard, which creates it. A step that refuses gives the count back.
 */
final class ForkCreation {
    private final Shard home;
    private final Command.Create create;
    private final ForkOrigin origin;
    private final Reply reply;

    ForkCreation(Shard home, Command.Create create, ForkOrigin origin, Reply reply) {
        this.home = home;
        this.create = create;
        this.origin = origin;
        this.reply = reply;
    }

    void start() {
        Shard owner = home.shards().of(origin.source());
        owner.run(() -> {
            try {
                ForkSource source = owner.store().pinSource(origin, create.contentType());
                if (source.contentType().isJson()) {
                    skip(source, origin.subOffset());
                } else {
                    skipBytes(source);
                }
            } catch (RefusedException e) {
                refuse(e.refusal());
            }
        });
    }

    private void skipBytes(ForkSource source) {
        long end = source.lineage().end();
        if (origin.subOffset() > end - source.position()) {
            refuse(source, pastTheEnd());
        } else {
            found(source.at(source.position() + origin.subOffset()));
        }
    }

    /** Goes {@code count} messages on, run by run; a count of none still checks that the place is between messages. */
    private void skip(ForkSource source, long count) {
        if (source.position() == source.lineage().end()) {
            if (count > 0) {
                refuse(source, pastTheEnd());
            } else {
                found(source);
            }
            return;
        }
        Lineage run = source.lineage().at(source.position());
        Shard owner = home.shards().of(run.path());
        owner.run(() -> {
            try {
                owner.store().skipMessages(run, source.position(), count, new Callback<>() {
                    @Override
                    public void complete(Skipped skipped) {
                        if (skipped.remaining() == 0) {
                            found(source.at(skipped.position()));
                        } else {
                            skip(source.at(skipped.position()), skipped.remaining());
                        }
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        ForkCreation.this.refuse(source, refusal);
                    }
                });
            } catch (RefusedException e) {
                refuse(source, e.refusal());
            }
        });
    }

    private Refusal pastTheEnd() {
        return Refusal.of(
                ErrorCode.INVALID_OFFSET,
                "Stream-Fork-Sub-Offset is " + origin.subOffset() + ", which is past the end of the source");
    }

    private void found(ForkSource source) {
        home.run(() -> home.store().create(create, source, reply));
    }

    private void refuse(ForkSource source, Refusal refusal) {
        home.shards().of(source.path()).releaseSource(source.generation());
        refuse(refusal);
    }

    private void refuse(Refusal refusal) {
        home.run(() -> {
            create.body().release();
            reply.complete(refusal);
        });
    }
}
