package io.streamkeeper.storage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageProvidersTest {
    @TempDir
    Path classPath;

    /** Has the name {@code one}. */
    public static final class One implements StorageProvider {
        @Override
        public String name() {
            return "one";
        }
    }

    /** Has the same name. */
    public static final class AlsoOne implements StorageProvider {
        @Override
        public String name() {
            return "one";
        }
    }

    private StorageProvider find(String name, String... listed) throws IOException {
        Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
        Files.write(services.resolve(StorageProvider.class.getName()), List.of(listed));
        URL[] urls = {classPath.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader())) {
            return StorageProviders.named(name, loader);
        }
    }

    @Test
    void aProviderIsFoundByItsName() throws IOException {
        assertThat(find("one", One.class.getName())).isInstanceOf(One.class);
        assertThat(find("local", One.class.getName())).isSameAs(StorageProvider.LOCAL);
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatWereFound() {
        assertThatThrownBy(() -> find("two", One.class.getName()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("storage is \"two\", expected one of local, one;")
                .hasMessageContaining("META-INF/services/" + StorageProvider.class.getName());
    }

    @Test
    void twoProvidersOfOneNameAreRefused() {
        assertThatThrownBy(() -> find("one", One.class.getName(), AlsoOne.class.getName()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("One and ")
                .hasMessageContaining("AlsoOne; remove one of them");
    }

    @Test
    void aProviderThatCannotBeLoadedIsRefusedWithItsName() {
        assertThatThrownBy(() -> find("one", "com.example.Missing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a storage provider cannot be loaded")
                .hasMessageContaining("com.example.Missing");
    }
}
