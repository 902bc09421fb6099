package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A directory of format version 3, which the server of that version left when it was killed. */
class Version3DirectoryTest extends FormerDirectory {
    /** The own bytes of each stream, or the code of the refusal. */
    private static final Map<String, String> SERVED = new TreeMap<>(Map.of(
            "plain", "one two three",
            "ttl", "lives",
            "kept", "cd",
            "closed", "end",
            "json", "1,2,3,",
            "source", "stream_deleted",
            "fork", "def",
            "gone", "stream_not_found",
            "late", "late"));

    Version3DirectoryTest() throws IOException {
        super("v3-plain", 1_796_000_000_000L);
    }

    @Override
    String text(StreamState stream) {
        return ownText(stream, Math.max(stream.ownStart(), stream.durableEarliest()));
    }

    private void assertServed() {
        assertThat(texts(SERVED.keySet())).isEqualTo(SERVED);
        assertThat(stream("ttl").expiry()).isEqualTo(new Expiry.Ttl(31_536_000));
        assertThat(stream("late").retention()).isEqualTo(new Retention(31_536_000, -1, -1));
    }

    @Test
    void theTimeOfAnAppendIsKnownIfItsRecordIsInTheJournal() throws IOException {
        start();
        assertThat(stream("plain").info().lastAppendAt()).isEqualTo("2026-11-27T00:35:22Z");
        assertThat(stream("json").info().lastAppendAt())
                .as("it is only in a file")
                .isNull();

        store(new StreamPath("json"))
                .append(AppendRequest.to("json").json("[4]").command(), new Answer());
        threads.runAll();

        assertThat(stream("json").info().appendedSeconds()).isEqualTo(clock.nowMillis() / 1_000);
        stop();
    }

    @Test
    void whatVersion3WroteIsServedAndCanBeChanged() throws IOException {
        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertServed();
        Answer answer = new Answer();
        StreamPath plain = new StreamPath("plain");
        MetadataChange change = new MetadataChange(null, new Expiry.Ttl(60), null, 1_000L, null);
        store(plain).change(new Command.Change(plain, change, Preconditions.NONE), answer);
        threads.runAll();
        assertThat(answer.word()).isEqualTo("changed");
        stop();

        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertServed();
        assertThat(stream("plain").retention()).isEqualTo(new Retention(-1, 1_000, -1));
        stop();
    }
}
