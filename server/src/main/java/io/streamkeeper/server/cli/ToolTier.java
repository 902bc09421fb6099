package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.TierSettings;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.storage.tier.ObjectStore;
import io.streamkeeper.storage.tier.ObjectStoreConfig;
import io.streamkeeper.storage.tier.ObjectStores;
import io.streamkeeper.storage.tier.StoredObjects;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Opens the object store that the settings of a tool name. */
final class ToolTier {
    private ToolTier() {}

    /** What a command does with the objects of the data directory; null if the settings name none. */
    interface Use<T> {
        T run(@Nullable StoredObjects objects) throws IOException;
    }

    /** Runs a command with the objects that the settings name. */
    static <T> T with(SettingValues values, Use<T> use) throws IOException {
        TierSettings tier = TierSettings.of(values);
        if (!tier.isOn()) {
            return use.run(null);
        }
        try (ObjectStore objects = open(tier.location(), values)) {
            return use.run(new StoredObjects(objects, tier.location()));
        }
    }

    /** The objects at {@code location}, with the service and the bounds of the settings. */
    static ObjectStore open(String location, SettingValues values) throws IOException {
        TierSettings tier = TierSettings.of(values);
        return ObjectStores.open(
                new ObjectStoreConfig(
                        URI.create(location), tier.endpointUrl(), tier.regionName(), tier.timeoutMillis()),
                ToolTier.class.getClassLoader());
    }
}
