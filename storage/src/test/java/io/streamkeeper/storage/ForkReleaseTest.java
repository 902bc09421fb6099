package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The release of a source by its last fork: a record of its own, which may be refused, or lost in a crash. */
class ForkReleaseTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    private void deletedSourceWithFork() {
        test.created(CreateRequest.at("source").text("abc"));
        test.created(CreateRequest.at("fork").forkOf("source", null));
        test.deleted("source");
        assertThat(test.absence("source")).isEqualTo(ErrorCode.STREAM_DELETED);
    }

    /** Deletes the fork durably, but not the release of its source. */
    private void deleteFork() {
        test.delete("fork");
        test.journal.sync(test.journal.lastLsn());
        assertThat(test.absence("fork")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    private void assertKept() {
        assertThat(test.absence("source")).as("no fork needs it").isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.streamCount()).isEqualTo(1);
    }

    private void assertDropped() {
        assertThat(test.absence("source")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void aDeletedSourceIsDroppedWhenItsReleaseIsDurable() {
        deletedSourceWithFork();
        deleteFork();
        assertKept();
        test.journal.sync();
        assertDropped();
    }

    @Test
    void aReleaseWhoseBatchIsRefusedIsLoggedAgain() {
        deletedSourceWithFork();
        deleteFork();
        test.journal.refuse();
        test.journal.sync();
        assertKept();
        test.store.expire();
        test.journal.sync();
        assertDropped();
    }

    @Test
    void aReleaseThatFindsNoRoomIsLoggedWhenThereIsSome() {
        deletedSourceWithFork();
        test.delete("fork");
        test.journal.full(true);
        test.journal.sync();
        test.store.expire();
        assertKept();
        test.journal.full(false);
        test.store.expire();
        test.journal.sync();
        assertDropped();
    }

    @Test
    void aReleaseInAShardThatHasFailedChangesNothing() {
        deletedSourceWithFork();
        deleteFork();
        test.journal.fail(new StorageFailedException("the test's disk has failed"));
        test.store.expire();
        assertKept();
    }

    @Test
    void aNewStreamAtThePathIsRefusedLikeTheReleaseAndReleasesItWhenThereIsRoom() {
        deletedSourceWithFork();
        test.delete("fork");
        test.journal.full(true);
        test.journal.sync();
        assertThat(test.create(CreateRequest.at("source").text("new")).code()).isEqualTo(ErrorCode.STORAGE_FULL);
        test.journal.full(false);
        Answer created = test.create(CreateRequest.at("source").text("new"));
        test.journal.sync();
        assertThat(created.created().existed()).isFalse();
        assertThat(test.store.streamCount()).isEqualTo(1);
    }

    @Test
    void aPathIsFreeForANewStreamAsSoonAsTheReleaseIsStaged() {
        deletedSourceWithFork();
        deleteFork();
        Answer created = test.create(CreateRequest.at("source").text("new"));
        assertThat(created.isThere()).isFalse();
        test.journal.sync();
        assertThat(created.created().existed()).isFalse();
        assertThat(test.text("source")).isEqualTo("new");
    }

    @Test
    void aReleaseAndAStreamThatTookThePathAreUndoneTogether() {
        deletedSourceWithFork();
        deleteFork();
        Answer created = test.create(CreateRequest.at("source").text("new"));
        test.journal.refuse();
        assertThat(created.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertKept();
        test.store.expire();
        test.journal.sync();
        assertDropped();
    }

    @Test
    void whatRetentionHasTrimmedIsDroppedWhenTheLastForkReleasesIt() {
        test.created(
                CreateRequest.at("source").retention(new Retention(-1, 3, -1)).text("abc"));
        test.created(CreateRequest.at("fork").forkOf("source", null));
        for (String text : new String[] {"d", "e", "f"}) {
            test.append(AppendRequest.to("source").text(text));
            test.journal.sync();
        }
        StreamState source = test.open("source");
        assertThat(source.durableEarliest()).isEqualTo(3);
        assertThat(source.content().start()).isZero();
        assertThat(test.text("fork")).isEqualTo("abc");
        test.deleted("fork");
        assertThat(source.content().start()).isEqualTo(3);
    }

    @Test
    void aForkWaitsForATrimThatDropsWhatItWouldInherit() {
        test.created(
                CreateRequest.at("source").retention(new Retention(-1, 3, -1)).text("abc"));
        StreamState source = test.open("source");
        test.append(AppendRequest.to("source").text("def"));
        Answer fork = test.create(CreateRequest.at("fork").forkOf("source", null));
        assertThat(fork.isThere()).isFalse();
        test.journal.sync();
        assertThat(fork.created().existed()).isFalse();
        assertThat(source.content().start()).isEqualTo(3);
        assertThat(test.open("fork").durableEarliest()).isEqualTo(3);
        assertThat(test.text(test.open("fork"), 3, 100)).isEqualTo("def");
    }

    @Test
    void aForkThatWaitsForATrimWhichIsRefusedInheritsEverything() {
        test.created(
                CreateRequest.at("source").retention(new Retention(-1, 3, -1)).text("abc"));
        test.append(AppendRequest.to("source").text("def"));
        Answer fork = test.create(CreateRequest.at("fork").forkOf("source", null));
        test.journal.refuse();
        test.journal.sync();
        assertThat(fork.created().existed()).isFalse();
        assertThat(test.text("fork")).isEqualTo("abc");
    }

    @Test
    void noLaterTrimDropsMoreWhileAForkWaits() {
        test.created(
                CreateRequest.at("source").retention(new Retention(-1, 3, -1)).text("abc"));
        test.append(AppendRequest.to("source").text("def"));
        long trimmed = test.journal.lastLsn();
        Taken<ForkSource> pinned = new Taken<>();
        test.store.pinSource(
                CreateRequest.at("fork").forkOf("source", null).command().fork(), null, pinned);
        test.append(AppendRequest.to("source").text("ghi"));
        test.journal.sync(trimmed);
        assertThat(pinned.get().earliest()).isEqualTo(3);
        test.journal.sync();
        StreamState source = test.open("source");
        assertThat(source.durableEarliest()).isEqualTo(6);
        assertThat(source.content().start()).isEqualTo(3);
        test.store.releaseSource(pinned.get().generation(), () -> {});
        test.journal.sync();
        assertThat(source.content().start()).isEqualTo(6);
    }

    @Test
    void aSourceIsReleasedWhenTheDeletionOfItsForkIsDurableThoughTheReleaseOfThatForkIsNot() {
        test.created(CreateRequest.at("source").text("abc"));
        test.created(CreateRequest.at("fork").forkOf("source", null));
        test.deleted("source");
        ForkSource pinned = Taken.pin(
                test.store, CreateRequest.at("leaf").forkOf("fork", null).command());
        test.delete("fork");
        long deletion = test.journal.lastLsn();
        test.store.releaseSource(pinned.generation(), () -> {});
        assertThat(test.journal.lastLsn())
                .as("the release of the fork is staged")
                .isGreaterThan(deletion);
        test.journal.sync(deletion);
        test.journal.sync();
        assertDropped();
    }

    @Test
    void aReleaseThatACrashHasLostIsLoggedByTheNextStart() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at("source").text("abc")).created();
        rig.fork(CreateRequest.at("fork").forkOf("source", null)).created();
        rig.delete("source");
        Answer deleted = new Answer();
        rig.store.delete(new Command.Delete(new StreamPath("fork"), Preconditions.NONE), deleted);
        while (!deleted.isThere()) {
            rig.threads.runOne();
        }
        rig.kill();
        rig.start();
        assertThat(rig.store.streamCount()).isZero();
        long logged = rig.store.lastLsn();
        rig.kill();
        rig.start();
        assertThat(rig.store.lastLsn()).as("it is logged once").isEqualTo(logged);
        rig.checkpoint();
        rig.kill();
        rig.start();
        assertThat(rig.store.streamCount()).isZero();
        assertThat(rig.store.lastLsn()).isEqualTo(logged);
    }
}
