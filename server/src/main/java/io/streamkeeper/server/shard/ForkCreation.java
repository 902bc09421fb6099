package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.ForkSource;

/**
 * The creation of one fork, whose source, and the data that the source inherited, may belong to other shards (section
 * 4.2). First the source's shard counts the fork. Then, for JSON, the shards that hold the messages around the fork's
 * place are asked one after the other; for bytes, the shard that holds the append that contains the place. Finally the
 * fork's own shard creates it. A step that refuses reverses the count before the answer. Owned by the fork's own shard;
 * each step on another shard is one message to it and one back.
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
        owner.step(
                this::refuse,
                () -> owner.store().pinSource(origin, create.contentType(), new Callback<>() {
                    @Override
                    public void complete(ForkSource source) {
                        owner.step(refusal -> ForkCreation.this.refuse(source, refusal), () -> pinnedAt(owner, source));
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        ForkCreation.this.refuse(refusal);
                    }
                }));
    }

    private void pinnedAt(Shard owner, ForkSource source) {
        if (owner.equals(home)) {
            pinnedAtHome(source);
            return;
        }
        owner.store().whenSourceSynced(new Journal.Synced() {
            @Override
            public void synced() {
                pinnedAtHome(source);
            }

            @Override
            public void failed(StorageFailedException reason) {
                refuse(source, Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(reason.getMessage())));
            }
        });
    }

    private void pinnedAtHome(ForkSource source) {
        home.step(refusal -> refuse(source, refusal), () -> pinned(source));
    }

    private void pinned(ForkSource source) {
        if (source.contentType().isJson()) {
            new Skip(source).start();
        } else if (origin.subOffset() == 0) {
            found(source);
        } else if (source.position() == source.lineage().end()) {
            refuse(source, pastTheEnd());
        } else {
            withinAppend(source);
        }
    }

    /**
     * Checks that a sub-offset of bytes is not beyond the end of the append in which it begins. The shard of an
     * ancestor knows that end.
     */
    private void withinAppend(ForkSource source) {
        Lineage run = source.lineage().at(source.position());
        Shard owner = home.shards().of(run.path());
        Callback<Long> then = new Callback<>() {
            @Override
            public void complete(Long end) {
                home.step(this::refuse, () -> withinAppend(source, end));
            }

            @Override
            public void refuse(Refusal refusal) {
                home.run(() -> ForkCreation.this.refuse(source, refusal));
            }
        };
        owner.step(then::refuse, () -> owner.store().appendEnd(run, source.position(), then));
    }

    private void withinAppend(ForkSource source, long end) {
        if (origin.subOffset() > end - source.position()) {
            refuse(
                    source,
                    Refusal.of(
                            ErrorCode.INVALID_OFFSET,
                            "Stream-Fork-Sub-Offset is " + origin.subOffset() + ", expected at most "
                                    + (end - source.position()) + ", where the append ends"));
        } else {
            found(source.at(source.position() + origin.subOffset()));
        }
    }

    /**
     * Skips messages, run by run; even with no message to skip, it checks that the place is between two messages. Owned
     * by the home shard.
     */
    private final class Skip {
        private final Steps steps = new Steps(home.turns(), () -> home.step(this::refuse, this::step));
        private ForkSource source;
        private long remaining = origin.subOffset();
        private boolean checked;

        Skip(ForkSource source) {
            this.source = source;
        }

        void start() {
            steps.start();
        }

        private void step() {
            if (source.position() == source.lineage().end()) {
                if (remaining > 0) {
                    refuse(pastTheEnd());
                } else {
                    found(source);
                }
            } else if (checked && remaining == 0) {
                found(source);
            } else {
                Lineage run = source.lineage().at(source.position());
                long from = source.position();
                long count = remaining;
                Shard owner = home.shards().of(run.path());
                owner.step(this::refuse, () -> skipFrom(owner, run, from, count));
            }
        }

        /** Runs on the ancestor's loop. */
        private void skipFrom(Shard owner, Lineage run, long from, long count) {
            owner.store().skipMessages(run, from, count, new Callback<>() {
                @Override
                public void complete(Skipped skipped) {
                    home.step(Skip.this::refuse, () -> skipped(skipped));
                }

                @Override
                public void refuse(Refusal refusal) {
                    Skip.this.refuse(refusal);
                }
            });
        }

        private void refuse(Refusal refusal) {
            home.run(() -> ForkCreation.this.refuse(source, refusal));
        }

        private void skipped(Skipped skipped) {
            checked = true;
            source = source.at(skipped.position());
            remaining = skipped.remaining();
            steps.answered();
        }
    }

    private Refusal pastTheEnd() {
        return Refusal.of(
                ErrorCode.INVALID_OFFSET,
                "Stream-Fork-Sub-Offset is " + origin.subOffset() + ", which is past the end of the source");
    }

    private void found(ForkSource source) {
        Body body = create.body();
        boolean isUnsplit = source.contentType().isJson() && body.messages() == null && body.problem() == null;
        if (body.isEmpty() || !isUnsplit) {
            home.store().create(create, source, reply);
            return;
        }
        BodySplitting splitting = new BodySplitting(body, home.splitter());
        if (splitting.step()) {
            home.store().create(create.withBody(splitting.body()), source, reply);
        } else {
            splitLater(source, splitting);
        }
    }

    /** Splits a long body in pieces, after the type of the source is known. */
    private void splitLater(ForkSource source, BodySplitting splitting) {
        home.turns()
                .add(() -> home.step(refusal -> refuse(source, refusal), () -> {
                    if (splitting.step()) {
                        home.store().create(create.withBody(splitting.body()), source, reply);
                    } else {
                        splitLater(source, splitting);
                    }
                }));
    }

    private void refuse(ForkSource source, Refusal refusal) {
        home.shards().of(source.path()).releaseSource(source.generation(), () -> refuse(refusal));
    }

    private void refuse(Refusal refusal) {
        home.run(() -> {
            create.body().release();
            reply.complete(refusal);
        });
    }
}
