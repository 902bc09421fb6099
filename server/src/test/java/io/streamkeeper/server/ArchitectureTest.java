package io.streamkeeper.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and the names and calls that are not used anywhere. */
class ArchitectureTest {

    private static final String PROTOCOL = "io.streamkeeper.protocol..";
    private static final String CLIENT = "io.streamkeeper.client..";
    private static final String STORAGE = "io.streamkeeper.storage..";
    private static final String SERVER = "io.streamkeeper.server..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.streamkeeper");

    @Test
    void everyModuleIsLookedAt() {
        assertThat(CLASSES)
                .extracting(type -> type.getPackageName())
                .contains(
                        "io.streamkeeper.protocol",
                        "io.streamkeeper.client.http",
                        "io.streamkeeper.storage.shard",
                        "io.streamkeeper.server");
        assertThat(CLASSES).noneMatch(type -> type.getSimpleName().endsWith("Test"));
    }

    @Test
    void protocolDependsOnNoOtherModule() {
        check(noClasses()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CLIENT, STORAGE, SERVER));
    }

    @Test
    void theClientDependsOnTheProtocolOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STORAGE, SERVER));
    }

    @Test
    void storageDependsOnTheProtocolOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(STORAGE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CLIENT, SERVER));
    }

    @Test
    void protocolKnowsNothingOfFilesChannelsAndThreads() {
        check(noClasses()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.(File|RandomAccessFile).*")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..", "java.nio.channels..", "io.netty.channel..", "io.netty.handler..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.Thread|java\\.util\\.concurrent\\..*(Executor|Future).*"));
    }

    @Test
    void noPackageDependsOnItselfByWayOfOthers() {
        check(SlicesRuleDefinition.slices()
                .matching("io.streamkeeper.(**)")
                .should()
                .beFreeOfCycles());
    }

    @Test
    void aPackageOfTheStorageUsesOnlyThoseListedBeforeIt() {
        List<String> packages = List.of(
                "disk",
                "directory",
                "record",
                "memory",
                "journal",
                "stream",
                "extent",
                "shard",
                "provider",
                "tier",
                "recovery",
                "version1",
                "tool");
        String root = "io.streamkeeper.storage";
        assertThat(CLASSES)
                .filteredOn(type -> type.getPackageName().startsWith(root + "."))
                .extracting(type -> type.getPackageName().substring(root.length() + 1))
                .isSubsetOf(packages);
        for (int each = 0; each < packages.size(); each++) {
            String[] later = packages.subList(each + 1, packages.size()).stream()
                    .map(name -> root + "." + name)
                    .toArray(String[]::new);
            check(noClasses()
                    .that()
                    .resideInAPackage(root + "." + packages.get(each))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later));
        }
    }

    @Test
    void nothingAboveTheJournalKnowsHowItKeepsItsRecords() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.streamkeeper.storage.journal")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.streamkeeper\\.storage\\.journal\\.(FileJournal|LogWriter)(\\$.*)?"));
    }

    @Test
    void storageKnowsNothingOfNettyChannels() {
        check(noClasses()
                .that()
                .resideInAPackage(STORAGE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.handler..", "io.netty.bootstrap.."));
    }

    @Test
    void namesSayWhatAClassIs() {
        check(noClasses().should().haveNameMatching(".*[.$](Base[A-Z]\\w*|\\w*(Utils?|Helper|Manager|Impl))"));
    }

    @Test
    void nothingSleeps() {
        check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
        check(noClasses().should().callMethod(Thread.class, "sleep", long.class, int.class));
    }

    @Test
    void staticStateDoesNotChange() {
        check(fields().that().areStatic().should().beFinal());
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }
}
