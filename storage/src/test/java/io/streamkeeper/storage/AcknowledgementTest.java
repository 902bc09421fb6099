package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.output.LogsFaults;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** I1: an answer leaves only when everything that it speaks of is durable. */
class AcknowledgementTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void createIsAcknowledgedOnlyWhenItIsDurable() {
        Answer answer = test.create("a");
        assertThat(answer.isThere()).isFalse();
        test.journal.sync();
        assertThat(answer.created().existed()).isFalse();
    }

    @Test
    void appendIsAcknowledgedOnlyWhenItIsDurable() {
        test.created("a");
        Answer first = test.append("a", "x");
        Answer second = test.append("a", "y");
        test.journal.sync(2);
        assertThat(first.appended().nextOffset().position()).isEqualTo(1);
        assertThat(second.isThere()).isFalse();
        test.journal.sync(3);
        assertThat(second.appended().nextOffset().position()).isEqualTo(2);
    }

    @Test
    void deleteIsAcknowledgedOnlyWhenItIsDurable() {
        test.created("a");
        Answer answer = test.delete("a");
        assertThat(answer.isThere()).isFalse();
        test.journal.sync();
        answer.as(Outcome.Deleted.class);
    }

    @Test
    void existingIsToldOnlyWhenTheCreationIsDurable() {
        test.create("a");
        Answer same = test.create("a");
        Answer other = test.create(CreateRequest.at("a").json());
        assertThat(same.isThere()).isFalse();
        assertThat(other.isThere()).isFalse();
        test.journal.sync();
        assertThat(same.created().existed()).isTrue();
        assertThat(other.code()).isEqualTo(ErrorCode.STREAM_EXISTS);
    }

    @Test
    void duplicateIsToldOnlyWhenTheOriginalIsDurable() {
        test.created("a");
        test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        Answer again = test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        assertThat(again.isThere()).isFalse();
        test.journal.sync();
        assertThat(again.appended().wrote()).isFalse();
    }

    @Test
    void closedIsToldOnlyWhenTheClosureIsDurable() {
        test.created("a");
        test.append(AppendRequest.to("a").close());
        Answer append = test.append("a", "x");
        Answer close = test.append(AppendRequest.to("a").close());
        assertThat(append.isThere()).isFalse();
        assertThat(close.isThere()).isFalse();
        test.journal.sync();
        assertThat(append.code()).isEqualTo(ErrorCode.STREAM_CLOSED);
        assertThat(close.appended().closed()).isTrue();
    }

    @Test
    void failedPreconditionIsToldOnlyWhenTheTailThatItSpeaksOfIsDurable() {
        test.created("a");
        test.append(AppendRequest.to("a").text("x").seq("5"));
        Answer tail = test.append(AppendRequest.to("a").text("y").ifMatch(Offset.ZERO));
        Answer seq = test.append(AppendRequest.to("a").text("y").seq("4"));
        assertThat(tail.isThere()).isFalse();
        assertThat(seq.isThere()).isFalse();
        test.journal.sync();
        assertThat(tail.refusal().nextOffset().position()).isEqualTo(1);
        assertThat(seq.code()).isEqualTo(ErrorCode.SEQUENCE_REGRESSION);
    }

    @Test
    void absenceIsToldOnlyWhenTheDeletionIsDurable() {
        test.created("a");
        test.delete("a");
        Answer append = test.append("a", "x");
        Answer delete = test.delete("a");
        assertThat(append.isThere()).isFalse();
        assertThat(delete.isThere()).isFalse();
        test.journal.sync();
        assertThat(append.code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(delete.code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void whatSpeaksOfDurableStateOnlyIsAnsweredAtOnce() {
        test.created("a");
        assertThat(test.create("a").created().existed()).isTrue();
        assertThat(test.append("b", "x").code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.delete("b").code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    @LogsFaults("shard {} has failed")
    void nothingIsToldOfWhatBecomesDurableWhenTheShardHasFailed() {
        test.created("a");
        test.created("b");
        Answer deletion = test.delete("a");
        test.append(AppendRequest.to("b").text("x").by("p", 0, 0));
        test.append(AppendRequest.to("b").close());
        test.store.fail(new IllegalStateException("a fault of the test"));
        assertThat(deletion.code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        test.journal.sync();
        assertThat(test.append("a", "x").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.create("a").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.delete("a").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.append(AppendRequest.to("b").text("x").by("p", 0, 0)).code())
                .isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.append("b", "y").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.create(CreateRequest.at("f").forkOf("a", null)).code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(test.text("a")).isEmpty();
        assertThat(test.text("b")).isEmpty();
    }

    @Test
    void aRecordThatFindsNoRoomIsRefusedAtOnceAndChangesNothing() {
        test.created("a");
        test.journal.full(true);
        assertThat(test.append("a", "x").code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.create("b").code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.delete("a").code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.create(CreateRequest.at("f").forkOf("a", null)).code()).isEqualTo(ErrorCode.STORAGE_FULL);
        test.journal.full(false);
        assertThat(test.text("a")).isEmpty();
        test.appended("a", "y");
        assertThat(test.text("a")).isEqualTo("y");
        test.deleted("a");
        assertThat(test.store.streamCount()).isZero();
    }
}
