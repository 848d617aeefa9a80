using System.Management.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public class BinderTests
{
    [Theory]
    [InlineData("Test-Probe", "__AllParameterSets|")]
    [InlineData("test-PROBE -name a", "__AllParameterSets|Name=a:String")]
    [InlineData("probe -Na a -Cou 3", "__AllParameterSets|Count=3:Int32|Name=a:String")]
    [InlineData("probe a 3", "__AllParameterSets|Count=3:Int32|Name=a:String")]
    [InlineData("probe 3 -Name a", "__AllParameterSets|Count=3:Int32|Name=a:String")]
    [InlineData("probe 007", "__AllParameterSets|Name=007:String")]
    [InlineData("probe -Hue green", "__AllParameterSets|Colour=Green:ProbeColour")]
    [InlineData("probe -Ti Re", "__AllParameterSets|Colour=Red:ProbeColour")]
    [InlineData("probe -Colour 1", "__AllParameterSets|Colour=Green:ProbeColour")]
    [InlineData("probe -Deep", "__AllParameterSets|Deep=True:SwitchParameter")]
    [InlineData("probe -Deep:$false", "__AllParameterSets|Deep=False:SwitchParameter")]
    [InlineData("probe -Deep word", "__AllParameterSets|Deep=True:SwitchParameter|Name=word:String")]
    [InlineData("probe -Truth $true", "__AllParameterSets|Truth=True:Boolean")]
    [InlineData("probe -Truth 0", "__AllParameterSets|Truth=False:Boolean")]
    [InlineData("probe -Words a,b", "__AllParameterSets|Words=a b:String[]")]
    [InlineData("probe -Words a", "__AllParameterSets|Words=a:String[]")]
    [InlineData("probe -Words 1,2", "__AllParameterSets|Words=1 2:String[]")]
    [InlineData("probe -Score 1.5", "__AllParameterSets|Score=1.5:Double")]
    [InlineData("probe -Score 2", "__AllParameterSets|Score=2:Double")]
    [InlineData("probe -Numbers 1,'2'", "__AllParameterSets|Numbers=1 2:List`1")]
    [InlineData("probe -Anything 1,b", "__AllParameterSets|Anything=1 b:Object[]")]
    [InlineData("probe -Anything 1kb", "__AllParameterSets|Anything=1kb:PSObject")]
    [InlineData("probe -5", "__AllParameterSets|Name=-5:String")]
    [InlineData("probe -Name -NoSuch", "__AllParameterSets|Name=-NoSuch:String")]
    [InlineData("probe -Count 1kb", "__AllParameterSets|Count=1024:Int32")]
    [InlineData("probe -Count 0x10", "__AllParameterSets|Count=16:Int32")]
    [InlineData("probe -Count '2.5'", "__AllParameterSets|Count=2:Int32")]
    [InlineData("probe -Ver", "__AllParameterSets|Version=True:SwitchParameter")]
    public void BindsNamesPositionsAndValues(string text, string bound) => Assert.Equal(bound, Sessions.One(text));

    [Theory]
    [InlineData("probe -N a", "AmbiguousParameter")]
    [InlineData("probe -Nothing a", "NamedParameterNotFound")]
    [InlineData("probe a 1 c", "PositionalParameterNotFound")]
    [InlineData("probe -Name", "MissingArgument")]
    [InlineData("probe -Name -Deep", "MissingArgument")]
    [InlineData("probe -Name a -Name b", "ParameterAlreadyBound")]
    [InlineData("probe -Count many", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Count 99999999999", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Count 1,2", "CannotConvertArgument")]
    [InlineData("probe -Colour blue", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Colour gr", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Colour 7", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Colour 1.5", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Colour 99999999999", "CannotConvertArgumentNoMessage")]
    [InlineData("probe -Count $null", "ParameterBindingFailed")]
    [InlineData("probe -Truth $null", "ParameterArgumentValidationErrorNullNotAllowed")]
    [InlineData("probe -Truth -5", "CannotConvertArgument")]
    [InlineData("probe -N a -Count", "AmbiguousParameter")]
    [InlineData("Test-Rest @(1) 2", "CannotConvertArgument")]
    [InlineData("Test-File @()", "ParameterArgumentValidationErrorEmptyArrayNotAllowed")]
    [InlineData("probe -Truth yes", "CannotConvertArgument")]
    [InlineData("probe -Deep:no", "CannotConvertArgument")]
    [InlineData("probe a many", "CannotConvertArgumentNoMessage")]
    public void RefusesWithTheEnginesIds(string text, string id) => Assert.Equal(id, Sessions.ErrorId(text));

    [Fact]
    public void AnEnumErrorListsTheNames()
    {
        ErrorRecord error = Assert.Single(Sessions.New().Invoke("probe -Colour blue").Errors);
        Assert.Contains("Red, Green, Grey", error.ToString());
        Assert.Equal("CannotConvertArgumentNoMessage," + typeof(TestProbeCommand).FullName, error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Equal("Colour", Assert.IsType<ParameterBindingException>(error.Exception).ParameterName);
    }

    [Theory]
    [InlineData("Test-Sets a", "ByName|Name=a:String")]
    [InlineData("Test-Sets 5", "ById|Id=5:Int32")]
    [InlineData("Test-Sets -Name 5", "ByName|Name=5:String")]
    [InlineData("Test-Sets -Id 5 -Force", "ById|Force=True:SwitchParameter|Id=5:Int32")]
    [InlineData("Test-Sets -Id 5 -Kind x", "ById|Id=5:Int32|Kind=x:String")]
    [InlineData("Test-Sets -Kind x", "ByKind|Kind=x:String")]
    [InlineData("Test-NoDefault -First 1", "A|First=1:String")]
    [InlineData("Test-NoDefault -Second 1 -Third 2", "B|Second=1:String|Third=2:String")]
    public void ChoosesTheParameterSet(string text, string bound) => Assert.Equal(bound, Sessions.One(text));

    [Theory]
    [InlineData("Test-Sets", "MissingMandatoryParameter")]
    [InlineData("Test-Sets -Name a -Id 5", "AmbiguousParameterSet")]
    [InlineData("Test-NoDefault", "AmbiguousParameterSet")]
    [InlineData("Test-NoDefault -First 1 -Second 2", "AmbiguousParameterSet")]
    [InlineData("Test-NoDefault -Third 3", "AmbiguousParameterSet")]
    public void RefusesSetsThatDoNotResolve(string text, string id) => Assert.Equal(id, Sessions.ErrorId(text));

    [Theory]
    [InlineData("Test-Rest a b c", "__AllParameterSets|First=a:String|Rest=b c:String[]")]
    [InlineData("Test-Rest a b,c", "__AllParameterSets|First=a:String|Rest=b c:String[]")]
    [InlineData("Test-Rest a -Unknown c", "__AllParameterSets|First=a:String|Rest=-Unknown c:String[]")]
    [InlineData("Test-Rest -Rest x,y", "__AllParameterSets|Rest=x y:String[]")]
    public void CollectsRemainingArguments(string text, string bound) => Assert.Equal(bound, Sessions.One(text));

    [Theory]
    [InlineData("Test-Checks -Shout abc", "__AllParameterSets|Shout=ABC:String")]
    [InlineData("Test-Checks -Range 1,10", "__AllParameterSets|Range=1 10:Int32[]")]
    [InlineData("Test-Checks -Positive 0", "__AllParameterSets|Positive=0:Double")]
    [InlineData("Test-Checks -Mode FULL", "__AllParameterSets|Mode=FULL:String")]
    [InlineData("Test-Checks -Pattern aXc", "__AllParameterSets|Pattern=aXc:String")]
    [InlineData("Test-Checks -Length abc", "__AllParameterSets|Length=abc:String")]
    [InlineData("Test-Checks -Several a,b", "__AllParameterSets|Several=a b:String[]")]
    [InlineData("Test-Mandatory -Text x -Other ''", "__AllParameterSets|Other=:String|Text=x:String")]
    public void TransformsAndAcceptsWhatIsValid(string text, string bound) => Assert.Equal(bound, Sessions.One(text));

    [Theory]
    [InlineData("Test-Checks -Shout bad", "ParameterArgumentTransformationError", "bad is bad")]
    [InlineData("Test-Checks -Range 1,11", "ParameterArgumentValidationError", "greater than the maximum allowed range of 10")]
    [InlineData("Test-Checks -Range 0", "ParameterArgumentValidationError", "less than the minimum allowed range of 1")]
    [InlineData("Test-Checks -Positive -0.5", "ParameterArgumentValidationError", "greater than or equal to zero")]
    [InlineData("Test-Checks -Mode half", "ParameterArgumentValidationError", "\"full,static\"")]
    [InlineData("Test-Checks -NotEmpty ''", "ParameterArgumentValidationError", "null or empty")]
    [InlineData("Test-Checks -NotEmpty @()", "ParameterArgumentValidationError", "empty collection")]
    [InlineData("Test-Checks -Pattern abd", "ParameterArgumentValidationError", "\"^a.c$\"")]
    [InlineData("Test-Checks -Length a", "ParameterArgumentValidationError", "too short")]
    [InlineData("Test-Checks -Several a,b,c", "ParameterArgumentValidationError", "no more than 2")]
    [InlineData("Test-Mandatory -Text ''", "ParameterArgumentValidationErrorEmptyStringNotAllowed", "empty string")]
    [InlineData("Test-Mandatory -Text $null", "ParameterArgumentValidationErrorNullNotAllowed", "it is null")]
    public void SaysWhatIsNotValid(string text, string id, string reason)
    {
        ErrorRecord error = Assert.Single(Sessions.New().Invoke(text).Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void BindingHappensBeforeAnythingRuns()
    {
        HostSession session = Sessions.New();
        var log = new List<string>();
        session.Variables.Set("log", log);
        Assert.Single(session.Invoke("'a' | Step-Probe one | Step-Probe two -Nothing").Errors);
        Assert.DoesNotContain(log, line => line.Contains("begin"));
    }
}
