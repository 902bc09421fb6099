package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A refused batch is undone completely, and the store continues. */
class RefusedBatchTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void everyAnswerOfTheBatchIsStorageFullButThatOfADeletion() {
        test.created("a");
        List<Answer> before = List.of(
                test.append("a", "x"),
                test.create("b"),
                test.create("b"),
                test.append(AppendRequest.to("a").close()),
                test.append("a", "y"));
        Answer deletion = test.delete("a");
        Answer after = test.append("a", "z");
        test.journal.refuse();
        assertThat(before).extracting(Answer::code).containsOnly(ErrorCode.STORAGE_FULL);
        assertThat(before.get(0).refusal().message()).contains("the test's disk is full");
        assertThat(after.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(deletion.isThere()).as("it is decided again").isFalse();
        test.journal.sync();
        deletion.as(Outcome.Deleted.class);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aDeletionThatIsDecidedAgainDependsOnNothingThatWasRefused() {
        test.created("a");
        Offset tail = test.appended("a", "kept");
        test.create("b");
        Answer ofRefused = test.delete("b");
        Offset staged = new Offset(tail.generation(), tail.position() + 1);
        test.append("a", "x");
        Answer atRefusedTail = test.delete("a", Preconditions.tailAt(staged));
        test.journal.refuse();
        assertThat(ofRefused.code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(atRefusedTail.code()).isEqualTo(ErrorCode.OFFSET_MISMATCH);
        assertThat(test.text("a")).isEqualTo("kept");
    }

    @Test
    void aDeletionThatIsDecidedAgainDeletesNoOtherStreamThanTheOneThatItMet() {
        test.created("a");
        Offset tail = test.appended("a", "kept");
        test.append("a", "x");
        Answer atRefusedTail =
                test.delete("a", Preconditions.tailAt(new Offset(tail.generation(), tail.position() + 1)));
        Answer creation = test.create("a");
        Answer ofCreated = test.delete("a");
        test.journal.refuse();
        test.journal.sync();
        assertThat(atRefusedTail.code()).isEqualTo(ErrorCode.OFFSET_MISMATCH);
        assertThat(creation.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(ofCreated.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.text("a")).isEqualTo("kept");
    }

    @Test
    void whatRetentionDropsIsDroppedByUpkeepWhereTheRecordThatSaysSoWasRefused() {
        test.created(CreateRequest.at("a").retention(new Retention(-1, 3, -1)));
        test.appended("a", "xxx");
        test.append("a", "yyy");
        test.journal.sync(test.journal.lastLsn() - 1);
        test.delete("a");
        refuseDeletionsToo();
        assertThat(test.open("a").info().earliest().position()).isZero();
        test.store.expire();
        test.journal.sync();
        assertThat(test.open("a").info().earliest().position()).isEqualTo(3);
    }

    @Test
    void whatRetentionDropsIsDroppedByUpkeepWhereTheJournalHadNoRoomForTheRecordThatSaysSo() {
        test.created(CreateRequest.at("a").retention(new Retention(-1, 3, -1)));
        test.appended("a", "xxx");
        test.append("a", "yyy");
        test.journal.refuse(test.journal.lastLsn());
        test.journal.full(true);
        test.store.expire();
        test.journal.full(false);
        test.journal.sync();
        assertThat(test.open("a").info().earliest().position()).isZero();
        test.store.expire();
        test.journal.sync();
        assertThat(test.open("a").info().earliest().position()).isEqualTo(3);
    }

    @Test
    void aChangeThatIsRefusedLeavesTheAgeOfTheDataThatTheOneBeforeBounds() {
        test.created("a");
        test.appended("a", "xxx");
        test.change("a", maxAge(10));
        test.change("a", maxAge(Retention.UNBOUNDED));
        test.journal.sync(test.journal.lastLsn() - 1);
        test.journal.refuse();
        test.store.expire();
        test.journal.sync();
        assertThat(test.text("a")).isEqualTo("xxx");
        test.clock.advance(11_000);
        test.store.expire();
        test.journal.sync();
        assertThat(test.open("a").info().earliest().position()).isEqualTo(3);
    }

    @Test
    void readersSeeTheLastDurableOfSeveralChanges() {
        test.created("a");
        for (long seconds : new long[] {10, 20, 10, 30, 10}) {
            test.change("a", maxAge(seconds));
        }
        long last = test.journal.lastLsn();
        for (int i = 0; i < 4; i++) {
            test.journal.sync(last - 4 + i);
            assertThat(test.open("a").info().retention().maxAgeSeconds()).isEqualTo(new long[] {10, 20, 10, 30}[i]);
        }
        test.journal.refuse();
        assertThat(test.open("a").info().retention().maxAgeSeconds()).isEqualTo(30);
    }

    private static MetadataChange maxAge(long seconds) {
        return new MetadataChange(null, null, seconds, null, null);
    }

    @Test
    void aDeletionIsDecidedAgainOnce() {
        test.created("a");
        Answer deletion = test.delete("a");
        test.journal.refuse();
        assertThat(deletion.isThere()).isFalse();
        test.journal.refuse();
        assertThat(deletion.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.absence("a")).isNull();
    }

    @Test
    void aUseThatIsRefusedIsNotDescribed() {
        test.store.start().recover(List.of(), 0, 1_000);
        test.created(CreateRequest.at("a").ttl(60).text("x"));
        StreamMeta before = test.open("a").meta();
        test.clock.advance(5_000);
        test.text("a");
        test.append("a", "y");
        assertThat(test.open("a").meta().usedMillis()).isEqualTo(before.usedMillis() + 5_000);
        test.journal.refuse();
        assertThat(test.open("a").meta().usedMillis()).isEqualTo(before.usedMillis());
        assertThat(test.open("a").meta().lastLsn()).isEqualTo(before.lastLsn());
    }

    @Test
    void bytesAndTailAreUndone() {
        test.created("a");
        Offset tail = test.appended("a", "kept");
        test.append("a", "lost");
        test.append("a", "lost too");
        test.journal.refuse();
        assertThat(test.text("a")).isEqualTo("kept");
        assertThat(test.appended(AppendRequest.to("a").text("!").ifMatch(tail)).position())
                .isEqualTo(5);
        assertThat(test.text("a")).isEqualTo("kept!");
    }

    @Test
    void onlyWhatWasRefusedIsUndone() {
        test.created("a");
        Answer kept = test.append("a", "kept");
        Answer lost = test.append("a", "lost");
        test.journal.refuse(3);
        assertThat(kept.isThere()).isFalse();
        assertThat(lost.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        test.journal.sync();
        assertThat(kept.appended().nextOffset().position()).isEqualTo(4);
        assertThat(test.text("a")).isEqualTo("kept");
    }

    @Test
    void aRefusedProducersRetryIsNotTakenForADuplicate() {
        test.created("a");
        test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        test.journal.refuse();
        Answer retry = test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        test.journal.sync();
        assertThat(retry.appended().wrote()).isTrue();
        assertThat(test.text("a")).isEqualTo("x");
    }

    @Test
    void aProducersEarlierStateIsBack() {
        test.created("a");
        test.appended(AppendRequest.to("a").text("x").by("p", 3, 0));
        test.append(AppendRequest.to("a").text("y").by("p", 3, 1));
        test.append(AppendRequest.to("a").text("z").by("p", 4, 0));
        test.append(AppendRequest.to("a").text("z").by("q", 0, 0));
        test.journal.refuse();
        assertThat(test.append(AppendRequest.to("a").text("y").by("p", 2, 0))
                        .refusal()
                        .producer()
                        .currentEpoch())
                .isEqualTo(3);
        assertThat(test.append(AppendRequest.to("a").text("x").by("p", 3, 0))
                        .appended()
                        .producer())
                .isEqualTo(new Producer("p", 3, 0));
        test.appended(AppendRequest.to("a").text("y").by("p", 3, 1));
        test.appended(AppendRequest.to("a").text("z").by("q", 0, 0));
        assertThat(test.text("a")).isEqualTo("xyz");
    }

    @Test
    void anEvictedProducerIsBackInItsPlace() {
        TestStore small = new TestStore(256 << 20, new ProducerLimits(2, 1_000));
        try (small) {
            small.created("a");
            small.appended(AppendRequest.to("a").text("x").by("p", 7, 0));
            small.appended(AppendRequest.to("a").text("x").by("q", 0, 0));
            small.clock.advance(1_000);
            small.append(AppendRequest.to("a").text("y").by("r", 0, 0));
            small.append(AppendRequest.to("a").text("y").by("s", 0, 0));
            small.append(AppendRequest.to("a").text("y").by("r", 0, 1));
            small.journal.refuse();

            assertThat(small.append(AppendRequest.to("a").text("x").by("p", 7, 0))
                            .appended()
                            .wrote())
                    .isFalse();
            small.appended(AppendRequest.to("a").text("z").by("t", 0, 0));
            assertThat(small.append(AppendRequest.to("a").text("z").by("p", 7, 1))
                            .code())
                    .isEqualTo(ErrorCode.PRODUCER_SEQUENCE_GAP);
            assertThat(small.append(AppendRequest.to("a").text("x").by("q", 0, 0))
                            .appended()
                            .wrote())
                    .isFalse();
        }
    }

    @Test
    void streamSeqIsUndone() {
        test.created("a");
        test.appended(AppendRequest.to("a").text("x").seq("1"));
        test.append(AppendRequest.to("a").text("y").seq("9"));
        test.journal.refuse();
        assertThat(test.append(AppendRequest.to("a").text("y").seq("1")).code())
                .isEqualTo(ErrorCode.SEQUENCE_REGRESSION);
        test.appended(AppendRequest.to("a").text("y").seq("2"));
    }

    @Test
    void closureIsUndone() {
        test.created("a");
        test.append(AppendRequest.to("a").text("x").close().by("p", 0, 0));
        test.journal.refuse();
        test.appended(AppendRequest.to("a").text("y"));
        Answer retry = test.append(AppendRequest.to("a").text("x").close().by("p", 0, 0));
        test.journal.sync();
        assertThat(retry.appended().wrote()).isTrue();
        assertThat(test.text("a")).isEqualTo("yx");
    }

    @Test
    void creationIsUndoneAndThePathIsFree() {
        test.create(CreateRequest.at("a").json().text("[1]"));
        test.append(AppendRequest.to("a").json("[2]"));
        test.journal.refuse();
        assertThat(test.store.streamCount()).isZero();
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.created(CreateRequest.at("a").text("new")).existed()).isFalse();
        assertThat(test.text("a")).isEqualTo("new");
    }

    /** Refuses what is staged, and the deletions that are then decided again. */
    private void refuseDeletionsToo() {
        test.journal.refuse();
        test.journal.refuse();
    }

    @Test
    void deletionIsUndone() {
        test.created(CreateRequest.at("a").text("x"));
        test.delete("a");
        refuseDeletionsToo();
        assertThat(test.text("a")).isEqualTo("x");
        test.appended("a", "y");
        assertThat(test.text("a")).isEqualTo("xy");
    }

    @Test
    void deletionAndCreationInItsPlaceAreUndoneTogether() {
        Outcome.Created old = test.created(CreateRequest.at("a").text("old"));
        test.delete("a");
        test.create(CreateRequest.at("a").text("new"));
        test.append("a", "er");
        refuseDeletionsToo();
        assertThat(test.text("a")).isEqualTo("old");
        assertThat(test.open("a").info().tail()).isEqualTo(old.stream().tail());
        test.appended("a", "er");
        assertThat(test.text("a")).isEqualTo("older");
    }

    @Test
    void creationInThePlaceOfADeletedStreamIsUndoneAlone() {
        test.created(CreateRequest.at("a").text("old"));
        test.delete("a");
        test.create(CreateRequest.at("a").text("new"));
        test.journal.sync(2);
        test.journal.refuse();
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.streamCount()).isZero();
        test.created(CreateRequest.at("a").text("newer"));
        assertThat(test.text("a")).isEqualTo("newer");
    }

    @Test
    void aNewGenerationIsNotGivenTwice() {
        long first = test.created("b").stream().tail().generation();
        test.create("c");
        test.journal.refuse();
        assertThat(test.created("c").stream().tail().generation()).isGreaterThan(first + 1);
    }

    @Test
    void aRefusedForkGivesItsCountBack() {
        test.created(CreateRequest.at("a").text("x"));
        test.create(CreateRequest.at("f").forkOf("a", null));
        test.journal.refuse();
        test.deleted("a");
        assertThat(test.store.streamCount()).isZero();
        assertThat(test.created("a").existed()).isFalse();
    }

    @Test
    void aForkOfWhichTheDeletionWasRefusedIsStillThere() {
        test.created(CreateRequest.at("a").text("x"));
        test.created(CreateRequest.at("f").forkOf("a", null).text("y"));
        test.delete("f");
        test.delete("a");
        refuseDeletionsToo();
        assertThat(test.text("f")).isEqualTo("xy");
        assertThat(test.text("a")).isEqualTo("x");
        test.deleted("a");
        assertThat(test.text("f")).isEqualTo("xy");
        test.deleted("f");
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void aStreamWhoseDeletionWasRefusedIsLookedAtOnceForItsAge() {
        test.created(CreateRequest.at("a").retention(new Retention(60, -1, -1)));
        for (int i = 0; i < 3; i++) {
            test.delete("a");
            refuseDeletionsToo();
            test.store.expire();
        }
        assertThat(test.store.agedCount()).isEqualTo(1);
        test.deleted("a");
        test.store.expire();
        assertThat(test.store.agedCount()).isZero();
    }

    /** A record about a stream that the log does not know stops the next start. */
    @Test
    void aStreamThatNeverWasIsNotInTheQueuesThatWriteRecords() {
        for (CreateRequest request : List.of(
                CreateRequest.at("a").ttl(60).text("x"),
                CreateRequest.at("a").retention(new Retention(60, -1, -1)).text("x"))) {
            test.create(request);
            test.delete("a");
            test.journal.refuse();
            long last = test.journal.lastLsn();
            test.clock.advance(100_000);
            test.store.expire();
            assertThat(test.journal.lastLsn()).isEqualTo(last);
            assertThat(test.store.agedCount()).isZero();
            assertThat(test.store.expiringCount()).isZero();
        }
    }

    @Test
    void jsonMessagesAreCountedRightAfterTheyWereUndone() {
        test.created(CreateRequest.at("a").json());
        test.appended(AppendRequest.to("a").json("[1,22]"));
        test.append(AppendRequest.to("a").json("[333,4444]"));
        test.journal.refuse();
        Offset tail = test.appended(AppendRequest.to("a").json("[55555]"));
        assertThat(test.text("a")).isEqualTo("1,22,55555,");
        StreamContent content = test.open("a").content();
        assertThat(content.messageCount()).isEqualTo(3);
        assertThat(test.resolve("a", new Offset(tail.generation(), 5))).isEqualTo(5);
        assertThat(TestStore.codeOf(() -> test.resolve("a", new Offset(tail.generation(), 9))))
                .isEqualTo(ErrorCode.INVALID_OFFSET);
    }

    @Test
    void everythingIsUndoneBeforeTheFirstAnswerLeaves() {
        test.created("a");
        List<Answer> retries = new ArrayList<>();
        Answer first = new Answer()
                .then(() -> retries.add(
                        test.append(AppendRequest.to("a").text("again").by("p", 0, 0))));
        test.append(AppendRequest.to("a").text("x").by("p", 0, 0), first);
        test.append(AppendRequest.to("a").text("y").by("p", 0, 1));
        test.append(AppendRequest.to("a").close());
        test.journal.refuse();
        assertThat(retries).hasSize(1);
        assertThat(retries.get(0).isThere()).isFalse();
        test.journal.sync();
        assertThat(retries.get(0).appended().nextOffset().position()).isEqualTo(5);
        assertThat(test.text("a")).isEqualTo("again");
    }

    @Test
    void answersLeaveInTheOrderOfTheLog() {
        test.created("a");
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "answer " + i;
            test.append(AppendRequest.to("a").text("x"), new Answer().then(() -> order.add(name)));
        }
        test.journal.sync(3);
        test.journal.refuse();
        assertThat(order).containsExactly("answer 0", "answer 1", "answer 2", "answer 3");
    }
}
