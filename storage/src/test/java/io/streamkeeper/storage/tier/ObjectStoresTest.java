package io.streamkeeper.storage.tier;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ObjectStoresTest {
    @Test
    void withoutAnyProviderTheJarThatHasOneIsNamed() {
        ObjectStoreConfig config = new ObjectStoreConfig(URI.create("s3://bucket/prefix"), null, null, 1_000);
        assertThatThrownBy(() -> ObjectStores.open(config, ClassLoader.getPlatformClassLoader()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"s3://bucket/prefix\"")
                .hasMessageContaining("durable-streams-tier.jar is not there");
    }
}
