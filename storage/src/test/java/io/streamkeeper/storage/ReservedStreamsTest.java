package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.ListedPage;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.shard.StreamObserver;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams that only the server itself uses: who sees them, who is called for changes of others, and their trim. */
class ReservedStreamsTest {
    private static final String LOG = "__ds/subscriptions/s";

    /** Keeps everything, in runs that a trim can drop. */
    private static final Retention ALL = new Retention(-1, 1L << 50, -1);

    private final List<String> seen = new ArrayList<>();

    private final StreamObserver observer = new StreamObserver() {
        @Override
        public void created(StreamState stream) {
            seen.add("created " + stream.pathText() + " " + stream.durableTail());
        }

        @Override
        public void moved(StreamState stream) {
            seen.add("moved " + stream.pathText() + " " + stream.durableTail());
        }

        @Override
        public void deleted(StreamState stream) {
            seen.add("deleted " + stream.pathText());
        }
    };

    private static List<String> listed(ShardStore store) {
        return store.list(new ListQuery("", null, 100, false), null, 100, path -> true).items().stream()
                .map(ListedPage.Item::name)
                .toList();
    }

    private static List<String> reserved(ShardStore store) {
        List<String> paths = new ArrayList<>();
        String from = store.visitReserved("__ds/", 100, stream -> paths.add(stream.pathText()));
        assertThat(from).isNull();
        return paths;
    }

    @Test
    void onlyTheServerItselfSeesThem() {
        try (TestStore test = new TestStore()) {
            test.store.observeStreams(observer);
            test.created("a");
            test.created(LOG);
            test.created("__dsx");
            test.appended(LOG, "1");
            assertThat(listed(test.store)).containsExactly("__dsx", "a");
            assertThat(reserved(test.store)).containsExactly(LOG);
            assertThat(test.store.streamCount()).isEqualTo(2);
            assertThat(test.store.changes().last()).isEqualTo(2);

            test.deleted(LOG);
            assertThat(reserved(test.store)).isEmpty();
            assertThat(test.store.streamCount()).isEqualTo(2);
            assertThat(test.store.changes().last()).isEqualTo(2);
            assertThat(seen).containsExactly("created a 0", "created __dsx 0");
        }
    }

    @Test
    void theyCountForNoTenantAndAreNotListedAfterAStart() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at(LOG).text("[1]"));
        rig.create(CreateRequest.at("a").text("12"));
        rig.kill();
        rig.start();
        assertThat(listed(rig.store)).containsExactly("a");
        assertThat(reserved(rig.store)).containsExactly(LOG);
        List<String> usage = new ArrayList<>();
        rig.store.countUsage((path, streams, bytes) -> usage.add(path + " " + streams + " " + bytes));
        rig.append(LOG, "3");
        rig.append("a", "3");
        rig.delete(LOG);
        assertThat(usage).containsExactly("a 1 2", "a 0 1");
        rig.kill();
    }

    @Test
    void anObserverIsCalledForWhatIsDurableBeforeItsReply() {
        try (TestStore test = new TestStore()) {
            test.store.observeStreams(observer);
            test.create("a");
            test.append(AppendRequest.to("a").text("12")).then(() -> seen.add("reply"));
            test.append(AppendRequest.to("a").close());
            test.delete("a");
            assertThat(seen).isEmpty();
            test.journal.sync();
            test.create("b");
            test.journal.refuse();
            assertThat(seen).containsExactly("created a 0", "moved a 2", "reply", "moved a 2", "deleted a");
        }
    }

    @Test
    void aTrimDropsWholeRunsBeforeAPosition() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at(LOG).retention(ALL));
        rig.create(CreateRequest.at("a"));
        for (int i = 0; i < 4; i++) {
            rig.append(LOG, "aaaa");
            rig.append("a", "b");
        }
        assertThat(trimmed(rig, 3)).as("inside the first run").isZero();
        assertThat(trimmed(rig, 11)).as("inside the third run").isEqualTo(8);
        assertThat(trimmed(rig, 4)).as("before what is kept").isEqualTo(8);
        assertThat(rig.read(LOG)).isEqualTo("aaaaaaaa");

        rig.checkpoint();
        rig.kill();
        rig.start();
        assertThat(rig.stream(LOG).durableEarliest()).isEqualTo(8);
        assertThat(trimmed(rig, 100)).as("beyond the tail").isEqualTo(16);
        rig.append(LOG, "cc");
        assertThat(rig.read(LOG)).isEqualTo("cc");
        rig.kill();
        rig.start();
        assertThat(rig.read(LOG)).isEqualTo("cc");
        rig.kill();
    }

    private static long trimmed(FileRig rig, long position) {
        Answer answer = new Answer();
        rig.store.trimBefore(new StreamPath(LOG), position, answer);
        rig.threads.runAll();
        answer.as(Outcome.Described.class);
        return rig.stream(LOG).durableEarliest();
    }

    @Test
    void aTrimThatIsRefusedIsUndone() {
        try (TestStore test = new TestStore()) {
            test.created(CreateRequest.at(LOG).retention(ALL));
            test.appended(LOG, "12");
            Answer answer = new Answer();
            test.store.trimBefore(new StreamPath(LOG), 2, answer);
            assertThat(answer.isThere()).isFalse();
            test.journal.refuse();
            assertThat(answer.refusal()).isNotNull();
            assertThat(test.text(LOG)).isEqualTo("12");

            Answer absent = new Answer();
            test.store.trimBefore(new StreamPath("__ds/x"), 2, absent);
            assertThat(absent.refusal().code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        }
    }
}
