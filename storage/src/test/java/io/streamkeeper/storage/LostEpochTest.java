package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An epoch that ends before its records are durable: the state becomes the durable one again, and clients do not know
 * which of their requests took effect.
 */
class LostEpochTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void everyAnswerThatDependsOnLostRecordsIsOutcomeUnknown() {
        test.created("a");
        List<Answer> answers = List.of(
                test.append("a", "x"),
                test.create("b"),
                test.create("b"),
                test.append(AppendRequest.to("a").close()),
                test.append("a", "y"),
                test.delete("a"),
                test.append("a", "z"));
        test.journal.lose();
        assertThat(answers).extracting(Answer::code).containsOnly(ErrorCode.OUTCOME_UNKNOWN);
        test.journal.sync();
        assertThat(test.text("a")).isEmpty();
        assertThat(test.absence("b")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aLostDeletionIsNotRepeatedBecauseItMayHaveTakenEffect() {
        test.created("a");
        Answer deletion = test.delete("a");
        test.journal.lose();
        assertThat(deletion.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(test.journal.lastLsn()).isEqualTo(test.journal.durableLsn());
    }

    @Test
    void anAnswerThatDependsOnDurableStateOnlyIsUnchanged() {
        test.created("a");
        test.created("b");
        Answer lost = test.append("a", "x");
        Answer existing = test.create("b");
        assertThat(existing.isThere()).as("answered before the earlier append").isFalse();
        test.journal.lose();
        assertThat(lost.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(existing.as(Outcome.Created.class).existed()).isTrue();
    }

    @Test
    void aProducersRetryOfALostAppendIsNotTakenForADuplicate() {
        test.created("a");
        Answer lost = test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        test.journal.lose();
        assertThat(lost.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        Answer repeated = test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
        test.journal.sync();
        assertThat(repeated.as(Outcome.Appended.class).wrote()).isTrue();
        assertThat(test.text("a")).isEqualTo("x");
    }

    @Test
    void theNextEpochReusesTheLsnsOfLostRecords() {
        test.created("a");
        Offset before = test.appended("a", "one");
        test.append("a", "lost");
        long lost = test.journal.lastLsn();
        test.journal.lose();
        Answer other = test.append("a", "two");
        assertThat(test.journal.lastLsn()).isEqualTo(lost);
        test.journal.sync();
        assertThat(other.as(Outcome.Appended.class).nextOffset().position()).isEqualTo(before.position() + 3);
        assertThat(test.text("a")).isEqualTo("onetwo");
    }

    @Test
    void readersNeverSeeLostRecords() {
        test.created("a");
        test.append("a", "lost");
        assertThat(test.text("a")).isEmpty();
        test.journal.lose();
        assertThat(test.text("a")).isEmpty();
    }
}
