package io.streamkeeper.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.Answer;
import io.streamkeeper.storage.AppendRequest;
import io.streamkeeper.storage.CreateRequest;
import io.streamkeeper.storage.TestStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of appending and their order (sections 5.2, 5.2.1, 5.3). */
class AppendTest {
    private static final Offset ELSEWHERE = new Offset(1, 2);

    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    /**
     * Each mistake together with all that come after it in the order: the first one is reported. The stream is open and
     * has taken producer p's epoch 3 up to sequence number 4, and Stream-Seq "m".
     */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        ErrorCode.CONTENT_TYPE_MISMATCH,
                        request().type(ContentType.JSON).broken().by("p", 2, 0)),
                Arguments.of(
                        ErrorCode.CONTENT_TYPE_MISMATCH, request().type(null).broken()),
                Arguments.of(ErrorCode.INVALID_JSON, request().broken().by("p", 2, 0)),
                Arguments.of(ErrorCode.INVALID_JSON, request().broken().by("p", 3, 4)),
                Arguments.of(ErrorCode.STALE_PRODUCER_EPOCH, request().by("p", 2, 9)),
                Arguments.of(ErrorCode.INVALID_PRODUCER, request().by("p", 4, 1)),
                Arguments.of(ErrorCode.PRODUCER_SEQUENCE_GAP, request().by("p", 3, 6)),
                Arguments.of(ErrorCode.PRODUCER_SEQUENCE_GAP, request().by("q", 0, 1)),
                Arguments.of(ErrorCode.SEQUENCE_REGRESSION, request().by("p", 3, 5)),
                Arguments.of(ErrorCode.SEQUENCE_REGRESSION, request()),
                Arguments.of(ErrorCode.EXPECTED_OFFSET_CONFLICT, request().seq("z")),
                Arguments.of(ErrorCode.OFFSET_MISMATCH, request().seq("z").expected(null)),
                Arguments.of(
                        ErrorCode.PRECONDITION_FAILED,
                        request().seq("z").expected(null).insisting(Preconditions.parse("*", "*"))));
    }

    private static AppendRequest request() {
        return AppendRequest.to("a")
                .text("x")
                .ifMatch(ELSEWHERE)
                .expected(ELSEWHERE)
                .seq("a");
    }

    private void prepare() {
        test.created("a");
        test.appended(AppendRequest.to("a").text("0").by("p", 3, 0).seq("m"));
        for (int seq = 1; seq <= 4; seq++) {
            test.appended(AppendRequest.to("a").text("" + seq).by("p", 3, seq));
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void theFirstMistakeIsTold(ErrorCode code, AppendRequest request) {
        prepare();
        assertThat(test.append(request).code()).isEqualTo(code);
        assertThat(test.journal.lastLsn()).isEqualTo(6);
        assertThat(test.text("a")).isEqualTo("01234");
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aClosedStreamIsToldBeforeAnyMistake(ErrorCode code, AppendRequest request) {
        prepare();
        Offset tail = test.appended(AppendRequest.to("a").close());
        Refusal refusal = test.append(request).refusal();
        assertThat(refusal.code()).as("instead of " + code).isEqualTo(ErrorCode.STREAM_CLOSED);
        assertThat(refusal.nextOffset()).isEqualTo(tail);
        assertThat(refusal.closed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void anAbsentStreamIsToldBeforeAnyMistake(ErrorCode code, AppendRequest request) {
        assertThat(test.append(request).code()).as("instead of " + code).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aDuplicateIsToldBeforeTailAndSeqAreLookedAt() {
        prepare();
        assertThat(test.append(request().by("p", 3, 4)).word()).isEqualTo("kept");
        assertThat(test.append(request().by("p", 3, 0)).appended().producer()).isEqualTo(new Producer("p", 3, 4));
    }

    @Test
    void aFencedProducerIsToldTheCurrentEpoch() {
        prepare();
        assertThat(test.append(AppendRequest.to("a").text("x").by("p", 2, 0))
                        .refusal()
                        .producer())
                .isEqualTo(new Refusal.ProducerConflict(3, -1, -1));
    }

    @Test
    void aGapIsToldWithWhatWasExpected() {
        prepare();
        assertThat(test.append(AppendRequest.to("a").text("x").by("p", 3, 7))
                        .refusal()
                        .producer())
                .isEqualTo(new Refusal.ProducerConflict(-1, 5, 7));
        assertThat(test.append(AppendRequest.to("a").text("x").by("q", 9, 1))
                        .refusal()
                        .producer())
                .isEqualTo(new Refusal.ProducerConflict(-1, 0, 1));
    }

    @Test
    void aNewEpochBeginsAtZeroAndFencesTheOneBefore() {
        prepare();
        test.appended(AppendRequest.to("a").text("x").by("p", 8, 0));
        assertThat(test.append(AppendRequest.to("a").text("y").by("p", 3, 5)).code())
                .isEqualTo(ErrorCode.STALE_PRODUCER_EPOCH);
        test.appended(AppendRequest.to("a").text("y").by("p", 8, 1));
    }

    @Test
    void producersDoNotDisturbEachOther() {
        prepare();
        test.appended(AppendRequest.to("a").text("x").by("q", 0, 0));
        test.appended(AppendRequest.to("a").text("y").by("p", 3, 5));
        test.appended(AppendRequest.to("a").text("z").by("q", 0, 1));
        assertThat(test.text("a")).isEqualTo("01234xyz");
    }

    @Test
    void pipelinedAppendsOfAProducerAreDecidedAgainstStagedState() {
        test.created("a");
        List<Answer> answers = List.of(
                test.append(AppendRequest.to("a").text("x").by("p", 0, 0)),
                test.append(AppendRequest.to("a").text("y").by("p", 0, 1)),
                test.append(AppendRequest.to("a").text("y").by("p", 0, 1)),
                test.append(AppendRequest.to("a").text("w").by("p", 0, 3)));
        test.journal.sync();
        assertThat(answers).extracting(Answer::word).containsExactly("wrote", "wrote", "kept", "producer_sequence_gap");
    }

    @Test
    void theClosingRequestIsRecognisedAgain() {
        prepare();
        test.appended(AppendRequest.to("a").text("x").close().by("p", 3, 5));
        Answer again = test.append(AppendRequest.to("a").text("x").close().by("p", 3, 5));
        assertThat(again.word()).isEqualTo("kept closed");
        assertThat(again.appended().producer()).isEqualTo(new Producer("p", 3, 5));
        assertThat(test.append(AppendRequest.to("a").text("x").by("p", 3, 4)).code())
                .isEqualTo(ErrorCode.STREAM_CLOSED);
        assertThat(test.append(AppendRequest.to("a").close().by("q", 0, 0)).code())
                .isEqualTo(ErrorCode.STREAM_CLOSED);
    }

    @Test
    void closingAClosedStreamAgainIsNoMistakeButAppendingToItIs() {
        test.created(CreateRequest.at("a").closed());
        assertThat(test.append(AppendRequest.to("a").close()).word()).isEqualTo("kept closed");
        assertThat(test.append(AppendRequest.to("a").text("x").close()).code()).isEqualTo(ErrorCode.STREAM_CLOSED);
    }

    @Test
    void aCloseAloneMovesProducerAndSeqButNotTheTail() {
        test.created("a");
        Answer answer =
                test.append(AppendRequest.to("a").close().by("p", 0, 0).seq("z").type(null));
        test.journal.sync();
        assertThat(answer.word()).isEqualTo("kept closed");
        assertThat(answer.appended().nextOffset().position()).isZero();
        assertThat(test.open("a").lastOf("p")).isEqualTo(new Producer("p", 0, 0));
        assertThat(test.open("a").streamSeq()).isEqualTo("z");
    }

    @Test
    void theTypeMayDifferInParametersAndCase() {
        test.created(CreateRequest.at("a").type(ContentType.parse("text/plain")));
        test.appended(AppendRequest.to("a").text("x").type(ContentType.parse("Text/Plain; charset=utf-8")));
    }

    @Test
    void anAppendInsistsOnATail() {
        test.created("a");
        Offset first = test.appended(AppendRequest.to("a").text("x").ifMatch(Offset.ZERO));
        Refusal refusal = test.append(AppendRequest.to("a").text("y").ifMatch(Offset.ZERO))
                .refusal();
        assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_MISMATCH);
        assertThat(refusal.nextOffset()).isEqualTo(first);
        test.append(AppendRequest.to("a").text("y").ifMatch(first));
        Answer late = test.append(AppendRequest.to("a").text("z").ifMatch(first));
        test.journal.sync();
        assertThat(late.code()).isEqualTo(ErrorCode.OFFSET_MISMATCH);
    }

    @Test
    void anAppendExpectsATailAndIsToldTheOneThatIsThere() {
        test.created("a");
        Offset first = test.appended(AppendRequest.to("a").text("x").expected(Offset.ZERO));
        Refusal refusal = test.append(AppendRequest.to("a").text("y").expected(Offset.ZERO))
                .refusal();
        assertThat(refusal.code()).isEqualTo(ErrorCode.EXPECTED_OFFSET_CONFLICT);
        assertThat(refusal.nextOffset()).isEqualTo(first);
        test.appended(AppendRequest.to("a").text("y").expected(first));
    }

    @Test
    void aRepeatedAppendIsRecognizedThoughItMovedTheTailThatItExpects() {
        test.created("a");
        test.appended(AppendRequest.to("a").text("x").by("p", 0, 0).expected(Offset.ZERO));
        test.appended(AppendRequest.to("a").text("x").by("p", 0, 0).expected(Offset.ZERO));
        assertThat(test.open("a").info().tail().position()).isEqualTo(1);
    }

    @Test
    void aSequenceConflictTellsTheTail() {
        test.created("a");
        Offset tail = test.appended(AppendRequest.to("a").text("x").seq("2"));
        assertThat(test.append(AppendRequest.to("a").text("y").seq("1"))
                        .refusal()
                        .nextOffset())
                .isEqualTo(tail);
    }

    @Test
    void aRefusalThatNamesAStagedTailWaitsForIt() {
        test.created("a");
        test.append(AppendRequest.to("a").text("x"));

        Answer append = test.append(AppendRequest.to("a").text("y").expected(Offset.ZERO));
        Answer create = test.create(CreateRequest.at("a").insisting(Preconditions.parse(null, "*")));
        Answer delete = test.delete("a", Preconditions.tailAt(Offset.ZERO));

        assertThat(append.isThere() || create.isThere() || delete.isThere()).isFalse();
        test.journal.sync();
        assertThat(append.code()).isEqualTo(ErrorCode.EXPECTED_OFFSET_CONFLICT);
        assertThat(create.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(delete.code()).isEqualTo(ErrorCode.OFFSET_MISMATCH);
    }

    @Test
    void aCreateOfAnUnknownStateInsistsInVain() {
        Answer create = test.create(CreateRequest.at("a").insisting(Preconditions.parse("*", null)));
        assertThat(create.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        test.created(CreateRequest.at("a").insisting(Preconditions.parse(null, "*")));
    }

    @Test
    void streamSeqIsComparedAsText() {
        test.created("a");
        test.appended(AppendRequest.to("a").text("x").seq("10"));
        test.appended(AppendRequest.to("a").text("x").seq("9"));
        assertThat(test.append(AppendRequest.to("a").text("x").seq("9")).code())
                .isEqualTo(ErrorCode.SEQUENCE_REGRESSION);
        assertThat(test.append(AppendRequest.to("a").text("x").seq("10")).code())
                .isEqualTo(ErrorCode.SEQUENCE_REGRESSION);
        test.appended(AppendRequest.to("a").text("x").seq("90"));
        test.appended(AppendRequest.to("a").text("x"));
        assertThat(test.open("a").streamSeq()).isEqualTo("90");
    }

    @Test
    void anotherProducerTakesThePlaceOfTheOneUnusedForLongest() {
        TestStore small = new TestStore(256 << 20, new ProducerLimits(2, 1_000));
        try (small) {
            small.created("a");
            small.appended(AppendRequest.to("a").text("x").by("p", 0, 0));
            small.appended(AppendRequest.to("a").text("x").by("q", 0, 0));

            assertThat(small.append(AppendRequest.to("a").text("x").by("r", 0, 0))
                            .code())
                    .isEqualTo(ErrorCode.TOO_MANY_PRODUCERS);
            small.appended(AppendRequest.to("a").text("x").by("p", 0, 1));
            small.clock.advance(1_000);
            small.appended(AppendRequest.to("a").text("x").by("r", 0, 0));

            assertThat(small.append(AppendRequest.to("a").text("x").by("p", 0, 1))
                            .appended()
                            .wrote())
                    .isFalse();
            assertThat(small.append(AppendRequest.to("a").text("x").by("q", 0, 1))
                            .code())
                    .isEqualTo(ErrorCode.PRODUCER_SEQUENCE_GAP);
        }
    }
}
