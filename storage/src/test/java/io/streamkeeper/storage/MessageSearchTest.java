package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.shard.MessageSearch;
import io.streamkeeper.storage.shard.MessageSearch.Part;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Searches in files, and what happens to the stream while the bytes are read. */
class MessageSearchTest {
    private static final Retention LAST_MESSAGES = new Retention(-1, -1, 512);
    private static final int MESSAGE_BYTES = 4;

    private final FileRig rig;

    MessageSearchTest() throws IOException {
        rig = new FileRig();
    }

    private static String messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> "999").collect(Collectors.joining(",", "[", "]"));
    }

    private StreamState stored() {
        rig.create(CreateRequest.at("s").json().retention(LAST_MESSAGES)).created();
        rig.append(AppendRequest.to("s").json(messages(512))).appended();
        rig.checkpoint();
        StreamState stream = rig.stream("s");
        assertThat(stream.content().isInMemory(0, stream.durableTail())).isFalse();
        return stream;
    }

    private Part whole(StreamState stream) {
        return new Part(stream.lineageUpTo(stream.durableTail()).at(0), stream);
    }

    private MessageSearch search() {
        return rig.store.messages();
    }

    /** Between the search's request for bytes in a file and their arrival. */
    private void meanwhile(Runnable task) {
        rig.threads.holdReads(true);
        task.run();
        rig.threads.runAll();
        rig.threads.holdReads(false);
        rig.threads.runAll();
    }

    @Test
    void aPageBeginsAtWhatIsKeptIfMoreIsDroppedWhileItIsSearched() {
        StreamState stream = stored();
        long from = stream.durableTail() - MESSAGE_BYTES;
        Taken<Skipped> found = new Taken<>();
        search().skipBack(whole(stream), 0, from, 510, found);
        assertThat(found.isThere()).isFalse();
        meanwhile(() -> rig.append(AppendRequest.to("s").json(messages(200))).appended());
        long kept = stream.content().start();
        assertThat(kept).isEqualTo(200 * MESSAGE_BYTES);
        assertThat(found.get()).isEqualTo(new Skipped(kept, 0));
    }

    @Test
    void anEndThatIsDroppedWhileItIsSearchedIsRefusedAsGone() {
        StreamState stream = stored();
        Taken<Skipped> found = new Taken<>();
        search().skipBack(whole(stream), 0, 5 * MESSAGE_BYTES, 1, found);
        meanwhile(() -> rig.append(AppendRequest.to("s").json(messages(200))).appended());
        assertThatThrownBy(found::get)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo(ErrorCode.OFFSET_GONE));
    }

    @Test
    void aStreamThatIsDeletedWhileItIsSearchedIsRefusedAsSuch() {
        StreamState stream = stored();
        Taken<Skipped> found = new Taken<>();
        search().skip(whole(stream), 5 * MESSAGE_BYTES, 1, found);
        meanwhile(() -> rig.delete("s"));
        assertThatThrownBy(found::get)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND));
    }

    @Test
    void appendsOfOneRunAreCloseToEachOther() {
        rig.create(CreateRequest.at("s").json().retention(new Retention(6_400, -1, -1)))
                .created();
        long begin = rig.clock.nowMillis();
        for (int i = 0; i < 4; i++) {
            rig.append(AppendRequest.to("s").json("[999]")).appended();
            rig.clock.advance(90_000);
        }
        Part part = whole(rig.stream("s"));
        assertThat(search().since(part, 0, begin + 100_000).position()).isEqualTo(2 * MESSAGE_BYTES);
        assertThat(search().since(part, 0, begin + 200_000).position()).isEqualTo(3 * MESSAGE_BYTES);
    }

    @Test
    void anyNumberOfMessagesIsSkipped() {
        StreamState stream = stored();
        Taken<Skipped> end = new Taken<>();
        search().skip(whole(stream), 10 * MESSAGE_BYTES, Long.MAX_VALUE, end);
        Taken<Skipped> beginning = new Taken<>();
        search().skipBack(whole(stream), 0, 10 * MESSAGE_BYTES, Long.MAX_VALUE, beginning);
        rig.threads.runAll();
        assertThat(end.get()).isEqualTo(new Skipped(stream.durableTail(), Long.MAX_VALUE - 502));
        assertThat(beginning.get()).isEqualTo(new Skipped(0, Long.MAX_VALUE - 10));
    }
}
