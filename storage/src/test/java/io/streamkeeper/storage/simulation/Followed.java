package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.ChangeHistory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One who has listed a shard and follows its changes from there: what it has after them is what another listing has. An
 * expired stream is on no listing, and is deleted later.
 */
final class Followed {
    private final World world;
    private final Map<String, Boolean> closedByPath = new HashMap<>();

    /** Paths of which a change has come; of any other a stream may exist that was hidden by its expiry. */
    private final Set<String> changed = new HashSet<>();

    private long number;

    /** The streams of a listing, after the change with a number. */
    Followed(World world, List<ListedStream> listed, long number) {
        this.world = world;
        this.number = number;
        listed.forEach(stream -> closedByPath.put(stream.path(), stream.info().closed()));
    }

    /** Follows up to now, and compares with a listing of now. */
    void follow(ChangeHistory history, List<ListedStream> listed) {
        assertThat(history.first()).as("the oldest change, after %d", number).isLessThanOrEqualTo(number + 1);
        while (number < history.last()) {
            number++;
            apply(history.change(number));
        }
        Map<String, Boolean> hidden = new HashMap<>(closedByPath);
        for (ListedStream stream : listed) {
            Boolean closed = hidden.remove(stream.path());
            assertThat(closed != null || (world.settings.jumps() && !changed.contains(stream.path())))
                    .as("%s is listed, and followed", stream)
                    .isTrue();
            assertThat(closed == null || closed == stream.info().closed())
                    .as("%s is followed as closed: %s", stream, closed)
                    .isTrue();
        }
        for (String path : hidden.keySet()) {
            if (world.paths.contains(path)) {
                world.model(path).saw(path, world::mayBeGone, "followed, and not listed");
            }
        }
    }

    private void apply(StreamChange change) {
        String path = change.path();
        assertThat(StreamPath.isReserved(path))
                .as("%s is of the server itself", change)
                .isFalse();
        boolean isNew = changed.add(path);
        Boolean closed = closedByPath.get(path);
        boolean follows = switch (change.kind()) {
            case CREATED -> closed == null;
            case CLOSED -> closed == null ? isNew : !closed;
            case DELETED -> closed != null || isNew;
        };
        assertThat(follows).as("%s follows %s", change, closed).isTrue();
        if (change.kind() == StreamChange.Kind.DELETED) {
            closedByPath.remove(path);
        } else if (change.kind() == StreamChange.Kind.CREATED || closed != null) {
            closedByPath.put(path, change.closed());
        }
        world.reach.hit("a change that is followed: " + change.kind());
    }
}
