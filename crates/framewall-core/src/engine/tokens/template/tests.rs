use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn evaluated_expressions_are_sure() {
    for text in [
        "{{7*7}}",
        "${7*7}",
        "#{1+1}",
        "*{1*1}",
        "<%= 7 * 7 %>",
        "{{7*'7'}}",
        "@(1+2)",
        "${{3*3}}",
        "{{''.__class__.__mro__[2].__subclasses__()}}",
        "${T(java.lang.Runtime).getRuntime().exec('id')}",
        "{{constructor.constructor('alert(1)')()}}",
        "<%= File.open('/etc/passwd').read %>",
        "#{root.process.mainModule.require('child_process')}",
        "{{_self.env.registerUndefinedFilterCallback('exec')}}",
        "{$smarty.version}",
        "{php}echo `id`;{/php}",
        "{{request|attr('application')}}",
        "%{#context['xwork']}",
        "{{config.items()}}",
        "aaaa' #{1*1} 'bbb",
        "{% import os %}",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn placeholders_are_not() {
    for text in [
        "Hello {{name}}, welcome",
        "use {{ user.email }} in the template",
        "echo ${HOME} and ${USER}",
        "`Hello, ${name}!`",
        "${this.name} says ${count} times",
        "#{name} in Ruby",
        "50% {off} today #{1}",
        "{% if user %} hi {% endif %} is Jinja",
        "a[[1]] and {$x}",
        "mail me @(work)",
        "set {1, 2, 3} * {4}",
        "<% name %>",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}
