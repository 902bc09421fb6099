package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** I2: readers see durable state only. */
class VisibilityTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aStreamIsNotThereBeforeItsCreationIsDurable() {
        test.create(CreateRequest.at("a").text("x"));
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        test.journal.sync();
        assertThat(test.text("a")).isEqualTo("x");
    }

    @Test
    void readersSeeTheDurableTail() {
        test.created("a");
        test.append("a", "x");
        test.append("a", "y");
        assertThat(test.text("a")).isEmpty();
        assertThat(test.open("a").info().tail().position()).isZero();
        test.journal.sync(2);
        assertThat(test.text("a")).isEqualTo("x");
        assertThat(test.open("a").info().tail().position()).isEqualTo(1);
        test.journal.sync(3);
        assertThat(test.text("a")).isEqualTo("xy");
    }

    @Test
    void aStreamCreatedWithContentShowsNoMoreThanThatBeforeItsAppendsAreDurable() {
        test.create(CreateRequest.at("a").text("x"));
        test.append(AppendRequest.to("a").text("y").close());
        test.journal.sync(1);
        assertThat(test.text("a")).isEqualTo("x");
        assertThat(test.open("a").isDurablyClosed()).isFalse();
    }

    @Test
    void readersSeeTheDurableClosure() {
        test.created("a");
        test.append(AppendRequest.to("a").close());
        assertThat(test.open("a").info().closed()).isFalse();
        test.journal.sync();
        assertThat(test.open("a").info().closed()).isTrue();
    }

    @Test
    void aStreamCanBeReadUntilItsDeletionIsDurable() {
        test.created(CreateRequest.at("a").text("x"));
        test.delete("a");
        assertThat(test.text("a")).isEqualTo("x");
        test.journal.sync();
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void readersSeeTheEarlierStreamUntilTheOneInItsPlaceIsDurable() {
        test.created(CreateRequest.at("a").text("old"));
        test.delete("a");
        test.create(CreateRequest.at("a").text("new"));
        assertThat(test.text("a")).isEqualTo("old");
        test.journal.sync(2);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        test.journal.sync(3);
        assertThat(test.text("a")).isEqualTo("new");
    }

    @Test
    void anOffsetPastTheDurableTailIsReadAsTheTailEvenIfItIsStaged() {
        test.created("a");
        Offset next = test.appended("a", "x");
        test.append("a", "y");
        Offset staged = new Offset(next.generation(), 2);
        assertThat(test.resolve("a", staged)).isEqualTo(1);
        test.journal.sync();
        assertThat(test.resolve("a", staged)).isEqualTo(2);
    }

    @Test
    void aForkInheritsDurableBytesOnly() {
        test.created(CreateRequest.at("a").text("x"));
        test.append("a", "y");
        test.created(CreateRequest.at("f").forkOf("a", null));
        assertThat(test.text("f")).isEqualTo("x");
    }

    @Test
    void aStreamThatIsNotDurableCannotBeForked() {
        test.create("a");
        assertThat(test.create(CreateRequest.at("f").forkOf("a", null)).code()).isEqualTo(ErrorCode.SOURCE_NOT_FOUND);
    }

    @Test
    void aForkIsRefusedBecauseItsSourceIsDeletedOnlyWhenThatIsDurable() {
        test.created("a");
        test.created(CreateRequest.at("f").forkOf("a", null));
        test.delete("a");
        Answer fork = test.create(CreateRequest.at("g").forkOf("a", null));
        assertThat(fork.isThere()).as("an answer about a staged deletion").isFalse();
        test.journal.sync();
        assertThat(fork.code()).isEqualTo(ErrorCode.SOURCE_DELETED);
    }

    @Test
    void aForkIsNotToldOfADeletionThatWasRefused() {
        test.created("a");
        test.delete("a");
        Answer fork = test.create(CreateRequest.at("g").forkOf("a", null));
        test.journal.refuse();
        // A deletion that is refused is decided once more by itself.
        test.journal.refuse();
        assertThat(fork.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.created(CreateRequest.at("h").forkOf("a", null)).existed())
                .isFalse();
    }

    @Test
    void waitersAreToldOnceForEachDurableStep() {
        test.created("a");
        StringBuilder seen = new StringBuilder();
        test.open("a").waiters(new TailWaiters() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public void moved(StreamState stream) {
                seen.append(stream.durableTail()).append(stream.isDurablyClosed() ? "c " : " ");
            }

            @Override
            public void gone(StreamState stream) {
                seen.append("gone");
            }
        });
        test.append("a", "x");
        test.append("a", "y");
        test.append(AppendRequest.to("a").close());
        assertThat(seen).isEmpty();
        test.journal.sync(2);
        assertThat(seen).hasToString("1 ");
        test.journal.sync();
        assertThat(seen).hasToString("1 2 2c ");
        test.delete("a");
        assertThat(seen).hasToString("1 2 2c ");
        test.journal.sync();
        assertThat(seen).hasToString("1 2 2c gone");
    }

    @Test
    void waitersAreNotToldOfWhatWasRefused() {
        test.created("a");
        test.open("a").waiters(new TailWaiters() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public void moved(StreamState stream) {
                throw new AssertionError("moved");
            }

            @Override
            public void gone(StreamState stream) {
                throw new AssertionError("gone");
            }
        });
        test.append("a", "x");
        test.delete("a");
        test.journal.refuse();
        assertThat(test.text("a")).isEmpty();
    }
}
