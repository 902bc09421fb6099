package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Much that becomes durable together is published and answered piece by piece, in order. */
class PublishedInPiecesTest {
    private final TestStore test = new TestStore();
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();

    @AfterEach
    void close() {
        test.close();
    }

    /** Ten appends of a byte each, which are durable, of which four are published in a piece. */
    private void tenAppends() {
        test.created("a");
        test.store.publishIn(turns::add, 4);
        for (int i = 0; i < 10; i++) {
            answers.add(test.append("a", "x"));
        }
        test.journal.sync();
    }

    private long answered() {
        return answers.stream().filter(Answer::isThere).count();
    }

    private void turn() {
        turns.remove().run();
    }

    @Test
    void eachPieceIsATurnOfItsOwn() {
        tenAppends();
        assertThat(answered()).isEqualTo(4);
        assertThat(test.text("a")).as("what readers see").hasSize(4);
        turn();
        assertThat(answered()).isEqualTo(8);
        assertThat(test.text("a")).hasSize(8);
        turn();
        assertThat(answered()).isEqualTo(10);
        assertThat(test.text("a")).hasSize(10);
        assertThat(turns).isEmpty();
    }

    @Test
    void whatFitsIntoOnePieceIsAnsweredAtOnce() {
        test.created("a");
        test.store.publishIn(turns::add, 4);
        for (int i = 0; i < 4; i++) {
            answers.add(test.append("a", "x"));
        }
        test.journal.sync();
        assertThat(answered()).isEqualTo(4);
        assertThat(turns).isEmpty();
    }

    @Test
    void whatComesMeanwhileIsPublishedAfterIt() {
        tenAppends();
        Answer next = test.append("a", "y");
        test.journal.sync();
        turn();
        assertThat(next.isThere()).isFalse();
        turn();
        assertThat(next.appended().nextOffset().position()).isEqualTo(11);
        assertThat(answered()).isEqualTo(10);
        assertThat(turns).isEmpty();
    }

    @Test
    void anAnswerThatSpeaksOfItWaitsForIt() {
        tenAppends();
        Answer exists = test.create("a");
        assertThat(exists.isThere()).isFalse();
        turn();
        turn();
        assertThat(exists.created().existed()).isTrue();
    }

    @Test
    void aRefusalBetweenTwoPiecesUndoesNothingThatIsDurable() {
        tenAppends();
        Answer refused = test.append("a", "y");
        test.journal.refuse();
        assertThat(refused.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        turn();
        turn();
        assertThat(answers).allMatch(answer -> answer.appended().wrote());
        assertThat(test.text("a")).isEqualTo("x".repeat(10));
    }

    @Test
    void aStoreThatIsClosedAnswersAllThatIsDurable() {
        tenAppends();
        test.store.close();
        assertThat(answered()).isEqualTo(10);
        turn();
        assertThat(turns).isEmpty();
    }
}
