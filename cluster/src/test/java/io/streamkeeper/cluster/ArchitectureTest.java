package io.streamkeeper.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependencies of this module, and that no type of Ratis leaves it. */
class ArchitectureTest {
    private static final String RATIS = "org.apache.ratis..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.streamkeeper.cluster");

    @Test
    void noTypeOfRatisIsInAPublicSignature() {
        assertThat(CLASSES.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .flatMap(ArchitectureTest::signatures)
                        .filter(type -> type.getPackageName().startsWith("org.apache.ratis")))
                .isEmpty();
    }

    private static Stream<JavaClass> signatures(JavaClass type) {
        Stream<JavaClass> methods = type.getMethods().stream()
                .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
                .flatMap(ArchitectureTest::types);
        Stream<JavaClass> constructors = type.getConstructors().stream()
                .map(JavaConstructor::getRawParameterTypes)
                .flatMap(Collection::stream);
        Stream<JavaClass> parents =
                Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream());
        return Stream.of(methods, constructors, parents).flatMap(each -> each);
    }

    private static Stream<JavaClass> types(JavaMethod method) {
        return Stream.of(
                        method.getRawParameterTypes().stream(),
                        Stream.of(method.getRawReturnType()),
                        method.getThrowsClause().getTypes().stream())
                .flatMap(each -> each);
    }

    @Test
    void fewClassesUseRatis() {
        classes()
                .that(dependOnRatis())
                .should()
                .haveNameMatching(
                        ".*\\.(AppliedEntries|CloseDeadlock|LeaderCalls|Leadership|LeadershipRpc|LogFrames|PeerClient|PeerServer|RaftMember|RaftSettings|ReadIndexCalls|ReceivedLog)(\\$.*)?")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> dependOnRatis() {
        return DescribedPredicate.describe(
                "depend on Ratis",
                type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(use -> use.getTargetClass().getPackageName().startsWith("org.apache.ratis")));
    }

    @Test
    void theLogUsesTheDiskOfTheStorageAndNothingElseOfIt() {
        classes()
                .that()
                .resideInAPackage("io.streamkeeper.cluster")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.streamkeeper.cluster",
                        "io.streamkeeper.protocol..",
                        "io.streamkeeper.storage.disk..",
                        "io.streamkeeper.storage.directory..",
                        RATIS,
                        "org.slf4j..",
                        "org.jspecify.annotations..")
                .check(CLASSES);
    }

    @Test
    void nothingSleepsAndStaticStateDoesNotChange() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        fields().that().areStatic().should().beFinal().check(CLASSES);
        noMethods().should().haveName("finalize").check(CLASSES);
    }
}
