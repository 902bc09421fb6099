package io.streamkeeper.client.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.recording.Recorder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Makes fake feeds, and returns them to the test in their order. */
final class FakeFeeds implements Supplier<Feed> {
    private final List<FakeFeed> made = new CopyOnWriteArrayList<>();

    @Override
    public Feed get() {
        FakeFeed feed = new FakeFeed();
        made.add(feed);
        return feed;
    }

    /** The feed of a try, counted from 0; waits until that try begins. */
    FakeFeed await(int index) {
        Recorder.eventually(() -> assertThat(made).hasSizeGreaterThan(index));
        return made.get(index);
    }

    int count() {
        return made.size();
    }
}
