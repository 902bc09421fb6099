package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamkeeper.server.longrun.ModelSubscription.Doubt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates, changes and deletes the subscriptions of {@link Subscribers}. Belongs to their thread. */
final class SubscriptionSteps {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Each matches all streams that are followed, and no wake stream. */
    private static final List<String> PATTERNS = List.of("/s/*", "/s/**", "/**/s/*");

    private static final int IDS = 5;

    private final Subscribers subscribers;
    private final Random random;

    /** Ids of subscriptions that were deleted and are not created again before the next start. */
    private final Set<String> deleted = new LinkedHashSet<>();

    /** The subscription whose request is not answered yet. */
    private @Nullable ModelSubscription current;

    private int created;

    SubscriptionSteps(Subscribers subscribers) {
        this.subscribers = subscribers;
        this.random = subscribers.random;
    }

    void forget() {
        deleted.clear();
    }

    void step() throws IOException, Traffic.Later {
        current = null;
        String id = Subscribers.NAME + "-" + random.nextInt(IDS);
        ModelSubscription found = subscribers.subscriptions.stream()
                .filter(subscription -> subscription.id.equals(id))
                .findFirst()
                .orElse(null);
        if (found == null) {
            if (!deleted.contains(id)) {
                create(id);
            }
            return;
        }
        current = found;
        if (found.doubt != Doubt.NONE) {
            return;
        }
        int choice = random.nextInt(8);
        if (choice == 0) {
            delete(found);
        } else if (found.isAllowed(subscribers.session())) {
            switch (choice) {
                case 1 -> confirm(found);
                case 2, 3 -> look(found);
                default -> changeLink(found);
            }
        }
    }

    /** What was refused has left no trace. */
    void certain() {
        if (current != null && current.doubt == Doubt.CREATION) {
            subscribers.subscriptions.remove(current);
        } else if (current != null) {
            current.doubt = Doubt.NONE;
        }
    }

    /** The last request was not answered: until the next start, nothing says where a subscription that it links begins. */
    void inDoubt() {
        if (current != null && (current.doubt == Doubt.CREATION || current.doubt == Doubt.LINK)) {
            current.startIsUnknown = true;
        }
    }

    private Wire.Answer exchange(String method, String path, String body) throws IOException, Traffic.Later {
        return subscribers.exchange(method, Subscribers.ROOT + path, body, Subscribers.JSON);
    }

    private void require(boolean holds, String what, Wire.Answer answer) {
        Subscribers.require(holds, what, String.valueOf(current), answer);
    }

    // ---- creation ----

    private void create(String id) throws IOException, Traffic.Later {
        current = null;
        created++;
        boolean isPullWake = id.charAt(id.length() - 1) % 2 == 1;
        String wakeStream = isPullWake ? Subscribers.NAME + "/wakes/" + created : null;
        if (wakeStream != null) {
            Wire.Answer answer = subscribers.exchange("PUT", wakeStream, "", Subscribers.JSON);
            require(answer.status() == 201, "the creation of a wake stream", answer);
        }
        List<FollowedStream> streams = subscribers.certainStreams();
        boolean namesAll = random.nextInt(4) == 0 || streams.size() < subscribers.streams.size();
        if (namesAll && streams.isEmpty()) {
            return;
        }
        String pattern = namesAll ? null : Subscribers.NAME + PATTERNS.get(random.nextInt(PATTERNS.size()));
        ModelSubscription subscription =
                new ModelSubscription(id, created, pattern, wakeStream, subscribers.session().isOpen);
        int named = (pattern == null ? 1 : 0) + random.nextInt(3);
        for (int i = 0; i < named; i++) {
            subscription.link(streams.get(random.nextInt(streams.size())).path);
        }
        streams.stream().filter(stream -> subscription.follows(stream.path)).forEach(subscription::startsAtTheEnd);
        subscription.configured(configuration(subscription));
        subscribers.subscriptions.add(subscription);
        current = subscription;
        Wire.Answer answer = exchange("PUT", id, subscription.configuration());
        require(answer.status() == 201, "the creation of a subscription", answer);
        subscription.check(MAPPER.readTree(answer.body()), subscription.floor());
        subscription.doubt = Doubt.NONE;
        subscription.isConfirmed = true;
        subscribers.reach.count("subscription: created a " + (isPullWake ? "pull-wake" : "webhook"));
        subscribers.reach.count("subscription: created " + (pattern == null ? "without" : "with") + " a pattern");
    }

    private String configuration(ModelSubscription subscription) {
        ObjectNode body = MAPPER.createObjectNode().put("lease_ttl_ms", Subscribers.LEASE_MILLIS);
        if (subscription.wakeStream != null) {
            body.put("type", "pull-wake").put("wake_stream", subscription.wakeStream);
        } else {
            body.put("type", "webhook").putObject("webhook").put("url", subscribers.receiver.url(subscription));
        }
        if (subscription.pattern != null) {
            body.put("pattern", subscription.pattern);
        }
        ArrayNode streams = body.putArray("streams");
        subscription.explicit().forEach(streams::add);
        return body.toString();
    }

    private void confirm(ModelSubscription subscription) throws IOException, Traffic.Later {
        Wire.Answer same = exchange("PUT", subscription.id, subscription.configuration());
        require(same.status() == 200, "a confirmation", same);
        String otherBody = subscription.configuration().replace("\"lease_ttl_ms\":1000", "\"lease_ttl_ms\":1001");
        Wire.Answer other = exchange("PUT", subscription.id, otherBody);
        require(
                other.status() == 409 && other.code().equals("SUBSCRIPTION_ALREADY_EXISTS"),
                "another configuration",
                other);
        subscribers.reach.count("subscription: confirmed, and another configuration refused");
    }

    // ---- changes ----

    private void changeLink(ModelSubscription subscription) throws IOException, Traffic.Later {
        List<FollowedStream> streams = subscribers.certainStreams();
        if (streams.isEmpty()) {
            return;
        }
        FollowedStream stream = streams.get(random.nextInt(streams.size()));
        subscription.doubtful = stream;
        if (subscription.isExplicit(stream.path)) {
            subscription.doubt = Doubt.UNLINK;
            Wire.Answer answer = exchange("DELETE", subscription.id + "/streams/" + stream.path, "");
            require(answer.status() == 204, "the end of a link", answer);
            subscription.unlink(stream.path);
            subscribers.reach.count("subscription: a link by name was removed");
        } else {
            if (!subscription.follows(stream.path)) {
                subscription.startsAtTheEnd(stream);
            }
            subscription.doubt = Doubt.LINK;
            Wire.Answer answer =
                    exchange("POST", subscription.id + "/streams", "{\"streams\":[\"" + stream.path + "\"]}");
            require(answer.status() == 204, "a link by name", answer);
            subscription.link(stream.path);
            subscribers.reach.count("subscription: linked by name");
        }
        subscription.doubt = Doubt.NONE;
    }

    private void delete(ModelSubscription subscription) throws IOException, Traffic.Later {
        subscription.doubt = Doubt.DELETION;
        Wire.Answer answer = exchange("DELETE", subscription.id, "");
        require(answer.status() == 204, "a deletion", answer);
        isDeleted(subscription);
        if (random.nextInt(3) > 0) {
            deleted.add(subscription.id);
        }
        subscribers.reach.count("subscription: deleted");
    }

    private void isDeleted(ModelSubscription subscription) {
        subscription.deleted();
        subscribers.subscriptions.remove(subscription);
    }

    // ---- checks ----

    private void look(ModelSubscription subscription) throws IOException, Traffic.Later {
        ModelSubscription.Floor floor = subscription.floor();
        Wire.Answer answer = exchange("GET", subscription.id, "");
        require(answer.status() == 200, "the description of a subscription", answer);
        subscription.check(MAPPER.readTree(answer.body()), floor);
    }

    /** Compares all subscriptions with the model; what was in doubt is certain then, if it can be seen. */
    void settle(String lastEnd) throws IOException {
        List<ModelSubscription> open = new ArrayList<>(subscribers.subscriptions);
        while (!open.isEmpty()) {
            try {
                settle(open.get(0), lastEnd);
                open.remove(0);
            } catch (Traffic.Later e) {
                subscribers.reach.count("later at a start: subscriptions, " + e.getMessage());
            }
        }
        for (String id : deleted) {
            stayedDeleted(id);
        }
        deleted.clear();
    }

    private void settle(ModelSubscription subscription, String lastEnd) throws IOException, Traffic.Later {
        current = subscription;
        Wire.Answer answer = exchange("GET", subscription.id, "");
        if (answer.status() == 404) {
            boolean mayBeGone = subscription.doubt == Doubt.CREATION || subscription.doubt == Doubt.DELETION;
            require(mayBeGone, "a subscription after " + lastEnd, answer);
            isDeleted(subscription);
            return;
        }
        require(answer.status() == 200, "a subscription after " + lastEnd, answer);
        subscription.isConfirmed = true;
        if (!subscription.isAllowed(subscribers.session())) {
            return;
        }
        JsonNode view = MAPPER.readTree(answer.body());
        if (subscription.doubtful != null && (subscription.doubt == Doubt.LINK || subscription.doubt == Doubt.UNLINK)) {
            settleLink(subscription, subscription.doubtful.path, view);
        }
        if (subscription.startIsUnknown) {
            subscription.startsWhere(view);
            subscribers.streams.values().forEach(subscription::needNotShow);
        }
        subscription.doubt = Doubt.NONE;
        subscribers.reach.count("subscription: there after " + lastEnd);
    }

    private static void settleLink(ModelSubscription subscription, String path, JsonNode view) {
        boolean isExplicit = false;
        for (JsonNode stream : view.get("streams")) {
            isExplicit |= stream.get("path").asText().equals(path)
                    && stream.get("link_type").asText().equals("explicit");
        }
        if (isExplicit) {
            subscription.link(path);
        } else {
            subscription.unlink(path);
        }
    }

    private void stayedDeleted(String id) throws IOException {
        try {
            Wire.Answer answer = exchange("GET", id, "");
            require(answer.code().equals("SUBSCRIPTION_NOT_FOUND"), "the deleted subscription " + id, answer);
            subscribers.reach.count("subscription: stayed deleted");
        } catch (Traffic.Later e) {
            subscribers.reach.count("later at a start: a deleted subscription, " + e.getMessage());
        }
    }
}
