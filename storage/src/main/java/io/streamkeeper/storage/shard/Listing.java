package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.storage.stream.PathIndex;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One step of listing the streams of a shard that readers see: durable ones, neither deleted nor expired (I2). A step
 * looks at a bounded number of streams, and at one stream of each group. Used by the shard's loop, once.
 */
final class Listing {
    /** The streams that one step looks at, if it finds nothing to list. */
    static final int LOOKS_MAX = 1_000;

    private static final char SLASH = '/';

    /** The character after the slash: paths from a group with this last character on are after the group. */
    private static final char AFTER_SLASH = SLASH + 1;

    private final ShardState shard;
    private final ListQuery query;
    private final Predicate<String> allowed;
    private final int itemsMax;
    private final List<ListedPage.Item> items = new ArrayList<>();
    private int looks;
    private @Nullable String next;

    private Listing(ShardState shard, ListQuery query, Predicate<String> allowed, int itemsMax) {
        this.shard = shard;
        this.query = query;
        this.allowed = allowed;
        this.itemsMax = itemsMax;
    }

    /** See {@link ShardStore#list}. */
    static ListedPage step(
            ShardState shard, ListQuery query, @Nullable String from, int itemsMax, Predicate<String> allowed) {
        return new Listing(shard, query, allowed, itemsMax).run(from == null ? begin(query) : from);
    }

    /** The least text that a path of the listing may have. */
    private static String begin(ListQuery query) {
        String prefix = query.prefix();
        String after = query.after();
        if (after == null || PathOrder.compare(after, prefix) < 0) {
            return prefix;
        }
        int slash = query.grouped() && after.startsWith(prefix) ? after.indexOf(SLASH, prefix.length()) : -1;
        return slash < 0 ? following(after) : afterGroup(after.substring(0, slash + 1));
    }

    /** The text right after {@code path} in the order: no path contains a NUL. */
    private static String following(String path) {
        return path + '\0';
    }

    private static String afterGroup(String group) {
        return group.substring(0, group.length() - 1) + AFTER_SLASH;
    }

    private ListedPage run(String from) {
        String start = from;
        while (start != null && items.size() < itemsMax && looks < LOOKS_MAX) {
            next = null;
            shard.listed().visit(start, this::look);
            start = next;
        }
        return new ListedPage(items, start);
    }

    /** Looks at a stream; returns false after setting the place from which on to continue, or without one at the end. */
    private boolean look(StreamState stream) {
        String path = stream.pathText();
        if (!path.startsWith(query.prefix())) {
            return false;
        }
        if (items.size() == itemsMax || looks == LOOKS_MAX) {
            next = path;
            return false;
        }
        looks++;
        if (!isListed(stream)) {
            return true;
        }
        int slash = query.grouped() ? path.indexOf(SLASH, query.prefix().length()) : -1;
        if (slash < 0) {
            items.add(new ListedPage.Item(path, describe(stream)));
            return true;
        }
        String group = path.substring(0, slash + 1);
        items.add(new ListedPage.Item(group, null));
        next = afterGroup(group);
        return false;
    }

    private boolean isListed(StreamState stream) {
        return (isFollowed(stream) || !shard.isGone(stream)) && allowed.test(stream.pathText());
    }

    /** Whether a live reader waits, which counts as use (section 5.1). */
    private static boolean isFollowed(StreamState stream) {
        return stream.lifetime().isSliding() && stream.waiters() != null;
    }

    /** See {@link ShardStore#visitBelow}. */
    static @Nullable String visit(ShardState shard, String prefix, String from, int most, Consumer<StreamState> look) {
        return visit(shard, shard.listed(), prefix, from, most, look);
    }

    /** See {@link ShardStore#visitReserved}. */
    static @Nullable String visitReserved(ShardState shard, String from, int most, Consumer<StreamState> look) {
        return visit(shard, shard.reserved(), "", from, most, look);
    }

    private static @Nullable String visit(
            ShardState shard, PathIndex index, String prefix, String from, int most, Consumer<StreamState> look) {
        Visit visit = new Visit(shard, prefix, most, look);
        index.visit(from, visit);
        return visit.next;
    }

    /** Looks at streams until there were enough. */
    private static final class Visit implements Predicate<StreamState> {
        private final ShardState shard;
        private final String prefix;
        private final Consumer<StreamState> look;
        private int left;
        private @Nullable String next;

        Visit(ShardState shard, String prefix, int most, Consumer<StreamState> look) {
            this.shard = shard;
            this.prefix = prefix;
            this.left = most;
            this.look = look;
        }

        @Override
        public boolean test(StreamState stream) {
            if (!stream.pathText().startsWith(prefix)) {
                return false;
            }
            if (left == 0) {
                next = stream.pathText();
                return false;
            }
            left--;
            if (!shard.isGone(stream)) {
                look.accept(stream);
            }
            return true;
        }
    }

    private static ListedStream describe(StreamState stream) {
        return new ListedStream(
                stream.pathText(),
                stream.info(),
                stream.durableTail() - stream.durableEarliest(),
                stream.createdMillis());
    }
}
