package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayList;
import java.util.List;

/**
 * Links the streams of one subscription by name (section 6.4). Each request is executed by its queue. Owned by the loop of
 * the subscription.
 */
final class Membership {
    private final OwnedSubscription subscription;

    Membership(OwnedSubscription subscription) {
        this.subscription = subscription;
    }

    private SubscriptionState state() {
        return subscription.state();
    }

    private Links links() {
        return subscription.links();
    }

    /** Links streams at their present tails; nothing if they are linked by name. */
    void add(List<StreamPath> streams, Callback<Boolean> then) {
        StreamPath wakeStream = state().spec().wakeStream();
        if (wakeStream != null && streams.contains(wakeStream)) {
            subscription.refuse(
                    then,
                    ErrorCode.SUBSCRIPTION_INVALID,
                    "stream " + Quoted.of(wakeStream.value())
                            + " is the wake stream of the subscription, which it does not follow itself");
            return;
        }
        List<String> added = streams.stream()
                .map(StreamPath::value)
                .distinct()
                .filter(path -> !state().explicit().contains(path))
                .toList();
        if (added.isEmpty()) {
            subscription.answer(then, true);
            return;
        }
        List<String> unlinked =
                added.stream().filter(path -> links().at(path) == null).toList();
        for (String path : unlinked) {
            if (links().add(path) == null) {
                unlinked.forEach(links()::remove);
                subscription.refuse(then, subscription.services().room().noLinks());
                return;
            }
        }
        subscription.services().watches().link(subscription.subscriber(), added);
        List<Look> looks =
                unlinked.stream().map(path -> new Look(path, 0, 0, null, false)).toList();
        List<Look.Seen> answers = new ArrayList<>();
        subscription.look(looks, answers::addAll, () -> add(added, unlinked, answers, then));
    }

    private void add(List<String> added, List<String> unlinked, List<Look.Seen> answers, Callback<Boolean> then) {
        List<Cursor> cursors = answers.stream()
                .filter(seen -> seen.tail() > 0)
                .map(seen -> new Cursor(seen.look().path(), seen.generation(), seen.tail()))
                .toList();
        subscription.append(
                List.of(new SubscriptionEvent.Linked(added, cursors)),
                () -> {
                    added.forEach(links()::askFor);
                    subscription.answer(then, true);
                },
                refused -> {
                    unlink(added, unlinked);
                    subscription.refuse(then, refused);
                });
    }

    private void unlink(List<String> added, List<String> unlinked) {
        added.forEach(path -> subscription.services().watches().unlinkName(subscription.subscriber(), path));
        unlinked.forEach(links()::remove);
    }

    /** Ends the link of a stream by name; that by the pattern stays. */
    void remove(StreamPath stream, Callback<Boolean> then) {
        String path = stream.value();
        if (!state().explicit().contains(path)) {
            subscription.answer(then, false);
            return;
        }
        subscription.append(
                List.of(new SubscriptionEvent.Unlinked(path)),
                () -> {
                    subscription.services().watches().unlinkName(subscription.subscriber(), path);
                    Link link = links().at(path);
                    if (link != null && (!link.exists() || !state().matches(path))) {
                        links().remove(path);
                    }
                    subscription.answer(then, true);
                },
                refused -> subscription.refuse(then, refused));
    }
}
