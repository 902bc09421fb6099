package io.streamkeeper.server.subscription;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.StreamPath;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configuration and the owner of a subscription in its log. */
final class SpecJson {
    private SpecJson() {}

    /** Writes the member {@code spec}. */
    static void write(JsonGenerator json, SubscriptionSpec spec) throws IOException {
        json.writeObjectFieldStart("spec");
        json.writeStringField("type", spec.kind().text());
        writeIfKnown(
                json, "pattern", spec.pattern() == null ? null : spec.pattern().toString());
        json.writeArrayFieldStart("streams");
        for (StreamPath stream : spec.streams()) {
            json.writeString(stream.value());
        }
        json.writeEndArray();
        writeIfKnown(json, "url", spec.webhookUrl());
        writeIfKnown(
                json,
                "wakeStream",
                spec.wakeStream() == null ? null : spec.wakeStream().value());
        json.writeNumberField("lease", spec.leaseMillis());
        writeIfKnown(json, "description", spec.description());
        json.writeEndObject();
    }

    /** Writes the member {@code owner}. */
    static void write(JsonGenerator json, SubscriptionOwner owner) throws IOException {
        json.writeObjectFieldStart("owner");
        json.writeStringField("name", owner.name());
        json.writeBooleanField("hasName", owner.hasName());
        json.writeArrayFieldStart("grants");
        for (SubscriptionOwner.StoredGrant grant : owner.grants()) {
            json.writeStartObject();
            json.writeStringField("actions", grant.actions());
            json.writeStringField("paths", grant.paths());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void writeIfKnown(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    static SubscriptionSpec spec(JsonTree object) {
        String pattern = object.textOrNull("pattern");
        String wakeStream = object.textOrNull("wakeStream");
        return new SubscriptionSpec(
                kind(object.text("type")),
                pattern == null ? null : Glob.stored(pattern),
                object.texts("streams").stream().map(StreamPath::new).toList(),
                object.textOrNull("url"),
                wakeStream == null ? null : new StreamPath(wakeStream),
                object.number("lease"),
                object.textOrNull("description"));
    }

    private static SubscriptionSpec.Kind kind(String text) {
        for (SubscriptionSpec.Kind kind : SubscriptionSpec.Kind.values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new JsonTree.UnexpectedException("the type " + Quoted.of(text) + " of the subscription is unknown");
    }

    static SubscriptionOwner owner(JsonTree object) {
        List<SubscriptionOwner.StoredGrant> grants = object.objects("grants").stream()
                .map(grant -> new SubscriptionOwner.StoredGrant(grant.text("actions"), grant.text("paths")))
                .toList();
        return new SubscriptionOwner(object.text("name"), object.flag("hasName"), grants);
    }
}
