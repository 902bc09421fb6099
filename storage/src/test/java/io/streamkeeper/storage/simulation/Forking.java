package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.SegmentLayout;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.ForkSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;

/**
 * The creation of a fork in the steps of the server: the source is found on its own shard, which counts the fork; a
 * sub-offset is located on the shards that have the messages; and the fork is created on its shard. Each step is a
 * message.
 */
final class Forking {
    private final World world;
    private final Commands commands;
    private final ForkOrigin origin;
    private final Command.Create command;
    private final SimulatedProcess.Shard home;
    private final SimulatedProcess.Shard owner;
    private final Replied answer = new Replied();
    private Incarnation sourceOf;
    private String sourceText;
    private Version sourceVersion;
    private long from;

    /** Whether the source may have been deleted when the store searched for it. */
    private boolean goneBefore;

    /** The answer to the source's deletion of which the fate was not known then, or null. */
    private Replied deletion;

    Forking(World world, Commands commands, String path, ForkOrigin origin, Expiry expiry, Retention retention) {
        this.world = world;
        this.commands = commands;
        this.origin = origin;
        this.command = new Command.Create(
                new StreamPath(path), null, expiry, retention, false, origin, Preconditions.NONE, Body.empty());
        this.home = world.process.of(path);
        this.owner = world.process.of(origin.source().value());
    }

    private String path() {
        return command.path().value();
    }

    void start() {
        world.note();
        Version before = world.staged(path());
        Set<String> words = words(before);
        boolean[] exists = new boolean[1];
        SimulatedProcess.attempt(
                home.store(), answer::complete, () -> exists[0] = home.store().answerExisting(command, answer));
        if (exists[0] || answer.isThere()) {
            commands.usedPerhaps(before, answer);
            words.remove("created");
            world.expect(words, answer, null, "create " + path() + " of " + origin + " over " + before);
            return;
        }
        assertThat(words).as("%s finds %s free", command, before).contains("created");
        world.forkings.add(this);
        owner.loop().execute(() -> SimulatedProcess.attempt(owner.store(), this::refused, this::pin));
    }

    private Set<String> words(Version before) {
        Set<String> words = commands.ofTaken(before, false);
        if (before != null && before.of().source != null && words.contains("stream_exists")) {
            words.add("existed");
        }
        return words;
    }

    private void pin() {
        world.note();
        String path = origin.source().value();
        goneBefore = world.model(path).maySee(path, world::mayBeGone);
        deletion = world.model(path).inDoubt(path, Version::deleted);
        owner.store().pinSource(origin, null, new Callback<>() {
            @Override
            public void complete(ForkSource source) {
                pinned(source);
            }

            @Override
            public void refuse(Refusal refusal) {
                refused(refusal);
            }
        });
    }

    private void pinned(ForkSource source) {
        String sourcePath = origin.source().value();
        sourceOf = world.incarnations.get(source.generation());
        sourceOf.pins++;
        ShardModel model = world.model(sourcePath);
        model.saw(sourcePath, version -> isSource(source, version), "" + source);
        from = source.position();
        if (origin.offset() != null) {
            assertThat(from).isEqualTo(origin.offset().position());
        }
        if (source.earliest() > 0) {
            world.reach.hit("fork of a source that retention has trimmed");
        }
        if (sourceOf.source != null) {
            world.reach.hit("fork of a fork");
        }
        if (home.number() == owner.number()) {
            place(source);
            return;
        }
        SimulatedProcess.attempt(
                owner.store(), refusal -> giveBack(source, refusal.code().code()), () -> whenSynced(source));
    }

    /** If nothing else is running, all that the source's shard has written must be synced before the fork continues. */
    private void whenSynced(ForkSource source) {
        Path directory = World.directory(owner.number()).resolve("journal");
        boolean isKnown = !world.settings.syncs() && world.process.threads.isIdle();
        Set<Object> needed = isKnown ? unsynced(directory) : Set.of();
        if (!needed.isEmpty()) {
            world.reach.hit("fork of what is not synced yet");
        }
        owner.store().whenSourceSynced(new Journal.Synced() {
            @Override
            public void synced() {
                Set<Object> left = unsynced(directory);
                left.retainAll(needed);
                assertThat(left)
                        .as("what a fork inherits of %s and is not synced", sourceOf)
                        .isEmpty();
                home.loop().execute(() -> place(source));
            }

            @Override
            public void failed(StorageFailedException reason) {
                giveBack(source, "storage_failed");
            }
        });
    }

    /** Writes to the segments of a journal that are begun: what no start reads need not survive. */
    private Set<Object> unsynced(Path journal) {
        return world.disk.unsynced(
                journal,
                file -> SegmentLayout.read(ByteBuffer.wrap(file, 0, Math.min(file.length, SegmentLayout.HEADER_BYTES)))
                        != null);
    }

    private void place(ForkSource source) {
        if (sourceOf.json) {
            skip(source, origin.subOffset());
        } else if (origin.subOffset() == 0) {
            found(source);
        } else if (source.position() == source.lineage().end()) {
            giveBack(source, "past the end");
        } else {
            withinAppend(source);
        }
    }

    private boolean isSource(ForkSource source, Version version) {
        boolean is = version != null
                && version.of() == sourceOf
                && !version.deleted()
                && version.tail() == source.lineage().end();
        if (is) {
            sourceText = version.text();
            sourceVersion = version;
        }
        return is;
    }

    private void skip(ForkSource source, long count) {
        if (source.position() == source.lineage().end()) {
            if (count > 0) {
                giveBack(source, "past the end");
            } else {
                found(source);
            }
            return;
        }
        Lineage run = source.lineage().at(source.position());
        SimulatedProcess.Shard holder = world.process.of(run.path().value());
        holder.loop().execute(() -> {
            try {
                holder.store().skipMessages(run, source.position(), count, new Callback<>() {
                    @Override
                    public void complete(Skipped skipped) {
                        ForkSource next = source.at(skipped.position());
                        if (skipped.remaining() == 0) {
                            found(next);
                        } else {
                            skip(next, skipped.remaining());
                        }
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        giveBack(source, refusal.code().code());
                    }
                });
            } catch (RefusedException e) {
                giveBack(source, e.refusal().code().code());
            }
        });
    }

    private void withinAppend(ForkSource source) {
        Lineage run = source.lineage().at(source.position());
        SimulatedProcess.Shard holder = world.process.of(run.path().value());
        holder.loop().execute(() -> {
            try {
                holder.store().appendEnd(run, source.position(), new Callback<>() {
                    @Override
                    public void complete(Long end) {
                        if (run.generation() == sourceOf.generation) {
                            assertThat(end)
                                    .as("where an append of %s ends", sourceVersion)
                                    .isEqualTo(sourceVersion
                                            .pieceAt(source.position())
                                            .end());
                        }
                        if (source.position() + origin.subOffset() > end) {
                            giveBack(source, "past the append");
                        } else {
                            world.reach.hit("fork inside an append");
                            found(source.at(source.position() + origin.subOffset()));
                        }
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        giveBack(source, refusal.code().code());
                    }
                });
            } catch (RefusedException e) {
                giveBack(source, e.refusal().code().code());
            }
        });
    }

    private void found(ForkSource source) {
        home.loop().execute(() -> create(source));
    }

    private void create(ForkSource source) {
        world.note();
        Version before = world.staged(path());
        Set<String> words = words(before);
        long generation = commands.generationAt(path());
        home.store().create(command, source, answer);
        world.forkings.remove(this);
        boolean created = answer.isTaken(commands.generationAt(path()) != generation);
        sourceOf.pins--;
        if (created) {
            checkPlace(source.position());
            Expiry expiry = command.expiry().equals(Expiry.never()) ? source.expiry() : command.expiry();
            Incarnation of = new Incarnation(
                    path(),
                    sourceOf.json,
                    expiry,
                    command.retention(),
                    false,
                    sourceOf,
                    sourceText.substring(0, (int) source.position()),
                    Math.min(source.earliest(), source.position()),
                    world.clock);
            commands.created(of, Version.created(of), before, answer);
            world.reach.hit(
                    home.number() == owner.number() ? "fork on the shard of its source" : "fork on another shard");
        } else {
            sourceOf.refusedForks.add(answer);
            if (answer.isThere()) {
                commands.usedPerhaps(before, answer);
            } else if (before != null) {
                before.of().mayUse();
            }
        }
        Incarnation over = before == null ? null : before.of();
        world.expect(words, answer, over, "create " + path() + " of " + origin + " over " + before);
    }

    /** Whether the store may count the fork at {@code of}, though the source is not known to be that yet. */
    boolean mayCount(Incarnation of) {
        return sourceOf == null && origin.source().value().equals(of.path);
    }

    /** The fork begins so many messages, or bytes, after the place that was asked for. */
    private void checkPlace(long position) {
        long expected = from;
        for (long i = 0; i < origin.subOffset(); i++) {
            expected = sourceOf.json ? sourceVersion.messageEnd((int) expected) : expected + 1;
        }
        assertThat(position).as("%s", command).isEqualTo(expected);
    }

    /** A step has refused: the fork is taken off the count of its source. */
    private void giveBack(ForkSource source, String reason) {
        world.reach.hit("fork refused: " + reason);
        world.forkings.remove(this);
        world.process.run(owner, () -> {
            sourceOf.pins--;
            owner.store().releaseSource(source.generation(), () -> {});
        });
    }

    private void refused(Refusal refusal) {
        String path = origin.source().value();
        String code = refusal.code().code();
        world.reach.hit("fork refused: " + code);
        world.forkings.remove(this);
        switch (code) {
            case "source_not_found", "source_deleted" -> sawNoSource(path, refusal);
            case "storage_full", "overloaded" ->
                assertThat(world.mayBeFull || world.mayBeBusy)
                        .as("fork refused: %s", refusal)
                        .isTrue();
            case "outcome_unknown" ->
                assertThat(world.settings.scripted())
                        .as("fork refused: %s", refusal)
                        .isTrue();
            case "tier_unavailable" ->
                assertThat(world.mayBeAway).as("fork refused: %s", refusal).isTrue();
            case "storage_failed", "internal_error" ->
                assertThat(world.mayHaveFailed || world.mayBeAway || world.disk.isStopped())
                        .as("fork refused: %s", refusal)
                        .isTrue();
            case "offset_gone" ->
                assertThat(world.model(path)
                                .maySee(
                                        path,
                                        version -> version != null
                                                && (version.of().generation
                                                                != origin.offset()
                                                                        .generation()
                                                        || origin.offset().position()
                                                                < version.trimmableAt(world.clockMax))))
                        .as("fork refused: %s", refusal)
                        .isTrue();
            case "invalid_offset" ->
                assertThat(world.model(path)
                                .mustSee(
                                        path,
                                        version -> version != null
                                                && !version.deleted()
                                                && origin.offset() != null
                                                && version.of().generation
                                                        == origin.offset().generation()
                                                && origin.offset().position() <= version.tail()))
                        .as("fork refused: %s", refusal)
                        .isFalse();
            default -> throw new AssertionError("fork refused: " + refusal);
        }
    }

    /** The source is certainly deleted by now, perhaps replaced: an answer waits for all that was staged before it. */
    private void sawNoSource(String path, Refusal refusal) {
        boolean isDurable = deletion == null ? goneBefore : deletion.isThere() && !deletion.isRefused();
        if (!isDurable) {
            world.model(path).saw(path, world::mayBeGone, "no source: " + refusal);
        } else if (deletion != null) {
            world.reach.hit("fork refused when the deletion of its source was durable");
        }
    }
}
