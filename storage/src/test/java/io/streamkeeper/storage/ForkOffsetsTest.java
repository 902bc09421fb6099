package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The offsets of a stream, of its fork and of the fork's fork: a is "0123456789", b forks it at 4, c forks b at 6. */
class ForkOffsetsTest {
    private final TestStore test = new TestStore();
    private long a;
    private long b;
    private long c;

    @BeforeEach
    void create() {
        a = test.created(CreateRequest.at("a").text("0123456789")).stream()
                .tail()
                .generation();
        b = test.created(CreateRequest.at("b").forkOf("a", new Offset(a, 4)).text("bbbb")).stream()
                .tail()
                .generation();
        c = test.created(CreateRequest.at("c").forkOf("b", new Offset(b, 6)).text("cccc")).stream()
                .tail()
                .generation();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void forksReadWhatTheyInheritAndTheirOwn() {
        assertThat(test.text("b")).isEqualTo("0123bbbb");
        assertThat(test.text("c")).isEqualTo("0123bbcccc");
        test.appended("a", "later");
        test.appended("b", "later");
        assertThat(test.text("c")).isEqualTo("0123bbcccc");
    }

    @Test
    void anOffsetCarriesTheGenerationThatWroteTheByteBeforeIt() {
        StreamState stream = test.open("c");
        assertThat(stream.offsetAt(0)).isEqualTo(new Offset(a, 0));
        assertThat(stream.offsetAt(4)).isEqualTo(new Offset(a, 4));
        assertThat(stream.offsetAt(5)).isEqualTo(new Offset(b, 5));
        assertThat(stream.offsetAt(6)).isEqualTo(new Offset(b, 6));
        assertThat(stream.offsetAt(7)).isEqualTo(new Offset(c, 7));
    }

    @Test
    void offsetsOfAStreamSortAndAreReadBack() {
        for (String path : new String[] {"a", "b", "c"}) {
            StreamState stream = test.open(path);
            for (long position = 0; position <= stream.durableTail(); position++) {
                assertThat(stream.positionOf(stream.offsetAt(position))).isEqualTo(position);
                if (position > 0) {
                    assertThat(stream.offsetAt(position)).isGreaterThan(stream.offsetAt(position - 1));
                }
            }
        }
    }

    @Test
    void offsetsOfTheSourceAreGoodInTheForkAsFarAsItInherits() {
        assertThat(test.resolve("b", new Offset(a, 3))).isEqualTo(3);
        assertThat(test.resolve("c", new Offset(a, 4))).isEqualTo(4);
        assertThat(test.resolve("c", new Offset(b, 5))).isEqualTo(5);
        assertThat(refusal("b", new Offset(a, 5))).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(refusal("c", new Offset(b, 7))).isEqualTo(ErrorCode.INVALID_OFFSET);
    }

    @Test
    void offsetsOfTheForkAreNotTheSourcesOwn() {
        assertThat(refusal("a", new Offset(b, 5))).isEqualTo(ErrorCode.OFFSET_GONE);
        assertThat(refusal("b", new Offset(c, 7))).isEqualTo(ErrorCode.OFFSET_GONE);
    }

    @Test
    void positionsThatARunNeverHeldAreRefused() {
        assertThat(refusal("b", new Offset(b, 3))).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(refusal("a", new Offset(0, 1))).isEqualTo(ErrorCode.OFFSET_GONE);
    }

    @Test
    void aReadAfterTheTailBeginsAtTheTail() {
        assertThat(test.resolve("a", new Offset(a, 11))).isEqualTo(10);
        assertThat(test.resolve("b", new Offset(b, 9))).isEqualTo(8);
        assertThat(test.resolve("b", new Offset(b, Offset.POSITION_MAX))).isEqualTo(8);
    }

    @Test
    void zeroIsTheBeginningOfAnyStream() {
        assertThat(test.resolve("a", Offset.ZERO)).isZero();
        assertThat(test.resolve("c", Offset.ZERO)).isZero();
    }

    @Test
    void anOffsetOfADeletedStreamIsGoneFromTheOneInItsPlace() {
        test.created(CreateRequest.at("d").text("x"));
        Offset old = test.open("d").info().tail();
        test.deleted("d");
        test.created(CreateRequest.at("d").text("x"));
        assertThat(refusal("d", old)).isEqualTo(ErrorCode.OFFSET_GONE);
        assertThat(test.open("d").info().tail()).isGreaterThan(old);
    }

    @Test
    void aForkAtTheBeginningInheritsNothing() {
        test.created(CreateRequest.at("d").forkOf("b", Offset.ZERO).text("d"));
        assertThat(test.text("d")).isEqualTo("d");
        assertThat(test.resolve("d", new Offset(a, 0))).isZero();
        assertThat(refusal("d", new Offset(a, 1))).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(refusal("d", new Offset(b, 5))).isEqualTo(ErrorCode.OFFSET_GONE);
    }

    @Test
    void aForkWithinWhatItsSourceInheritsReadsTheAncestor() {
        test.created(CreateRequest.at("d").forkOf("c", new Offset(a, 2)).text("d"));
        assertThat(test.text("d")).isEqualTo("01d");
    }

    @Test
    void aForkAtAnOffsetOfAnotherStreamIsRefused() {
        assertThat(test.create(CreateRequest.at("d").forkOf("a", new Offset(1, 5)))
                        .code())
                .isEqualTo(ErrorCode.OFFSET_GONE);
        assertThat(test.create(CreateRequest.at("d").forkOf("a", new Offset(a, 11)))
                        .code())
                .isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(test.store.streamCount()).isEqualTo(3);
    }

    @Test
    void aForkAtAnOffsetThatSortsAfterTheTailIsRefusedAsPastTheEnd() {
        for (Offset after :
                List.of(new Offset(a, 11), new Offset(b, 5), new Offset(Offset.GENERATION_MAX, Offset.POSITION_MAX))) {
            assertThat(test.create(CreateRequest.at("d").forkOf("a", after)).code())
                    .isEqualTo(ErrorCode.INVALID_OFFSET);
        }
        assertThat(test.store.streamCount()).isEqualTo(3);
    }

    @Test
    void forksKeepWhatTheyInheritWhenTheirSourcesAreDeleted() {
        test.deleted("a");
        test.deleted("b");
        assertThat(test.text("c")).isEqualTo("0123bbcccc");
        assertThat(test.store.streamCount()).isEqualTo(3);
        test.deleted("c");
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void messagesAreSkippedWithinARunAndTheRestIsToldBeyondIt() {
        test.created(CreateRequest.at("j").json().text("[1,22,333]"));
        long j = test.open("j").generation();
        test.created(CreateRequest.at("k").json().forkOf("j", new Offset(j, 5)).text("[4444,5]"));
        assertThat(test.text("k")).isEqualTo("1,22,4444,5,");
        Lineage run = test.open("k").lineage();
        assertThat(skip(test, run, 0, 1)).isEqualTo(new ShardStore.Skipped(2, 0));
        assertThat(skip(test, run, 2, 1)).isEqualTo(new ShardStore.Skipped(5, 0));
        assertThat(skip(test, run, 2, 3)).isEqualTo(new ShardStore.Skipped(5, 2));
        assertThat(skip(test, run, 2, 0)).isEqualTo(new ShardStore.Skipped(2, 0));
        assertThat(TestStore.codeOf(() -> skip(test, run, 3, 0))).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(TestStore.codeOf(() -> inherited(test, run, 1, 10))).isEqualTo(ErrorCode.INVALID_OFFSET);
    }

    private ErrorCode refusal(String path, Offset offset) {
        return TestStore.codeOf(() -> test.resolve(path, offset));
    }

    private static ShardStore.Skipped skip(TestStore test, Lineage run, long from, long count) {
        Taken<ShardStore.Skipped> skipped = new Taken<>();
        test.store.skipMessages(run, from, count, skipped);
        return skipped.get();
    }

    private static ShardStore.Inherited inherited(TestStore test, Lineage run, long from, int bytesMax) {
        Taken<ShardStore.Inherited> read = new Taken<>();
        test.store.readInherited(run, from, bytesMax, read);
        return read.get();
    }
}
