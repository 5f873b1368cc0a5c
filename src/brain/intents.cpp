#include "brain/intents.h"

#include <string_view>

#include "brain/pattern.h"

namespace eva::brain {
namespace {

struct Phrase {
  Intent intent;
  std::string_view pattern;
};

// The first that is found wins, so the more particular ones stand above. Some are what Whisper
// makes of unclear speech.
constexpr Phrase kPhrases[] = {
    {Intent::kEmergency, "call|phone|ring|need|get|send ... ambulance|police|firefighters|doctor"},
    {Intent::kEmergency, "call 911|112|999|110|000"},
    {Intent::kEmergency,
     "^i|am|we|he|she|it|is|are|there|my|the|house|home|flat|car|kitchen|room* on fire"},
    {Intent::kEmergency, "^there is a fire"},
    {Intent::kEmergency, "having|had|has a heart|asthma attack|stroke"},
    {Intent::kEmergency, "^i|we am|are dying|bleeding|injured|choking|drowning"},
    {Intent::kEmergency, "^i can not breathe"},
    {Intent::kEmergency, "^this is an emergency"},
    {Intent::kEmergency, "kill|hurt myself"},

    {Intent::kUserName, "say|said|tell|told you? my name is|was"},
    {Intent::kAssistantName, "say|said your name is|was"},
    {Intent::kWhatDidISay,
     "^what did|have i just? say|said|ask|asked|tell|told you? just|before|earlier|to|you*$"},
    {Intent::kWhatDidISay, "^what was i saying"},
    {Intent::kWhatDidISay, "^what did you just? hear|understand$"},
    {Intent::kSayAgain,
     "^say|repeat|tell me? that|it|yourself|this again|once|one|more|time|for|me|louder*$"},
    {Intent::kSayAgain,
     "^say|repeat what|the|your|you|just|said|last|sentence|answer|thing* "
     "again|once|more|please*$"},
    {Intent::kSayAgain, "^what did|have you just? say|said$"},
    {Intent::kSayAgain, "^i|sorry* did not|never hear|catch|understand|get that|you|it$"},
    {Intent::kSayAgain, "^what you just? said$"},
    {Intent::kSayAgain, "^what was the last thing you said$"},
    {Intent::kSayAgain, "^i do not understand$"},
    {Intent::kSayAgain, "^come again$"},
    {Intent::kSayAgain, "^once more$"},
    {Intent::kSayAgain, "^one more time$"},
    {Intent::kSayAgain, "^again|repeat please?$"},
    {Intent::kSayAgain, "^what was? that?$"},
    {Intent::kPardon, "^pardon|excuse me?$"},
    {Intent::kPardon, "^sorry what$"},

    {Intent::kUserName, "^spell my name"},
    {Intent::kUserName, "what is|was my name$"},
    {Intent::kUserName, "what my name is|was"},
    {Intent::kUserName, "my name was$"},
    {Intent::kUserName, "who am i$"},
    {Intent::kUserName, "know|remember|tell|say|forget|forgotten|forgot me? my name$"},
    {Intent::kUserName, "what am i called"},
    {Intent::kUserName, "know|remember who i am"},
    {Intent::kAssistantName, "what is|was your name|names$"},
    {Intent::kAssistantName, "what your name is"},
    {Intent::kAssistantName, "what are you called"},
    {Intent::kAssistantName, "what should|can|do i call you"},
    {Intent::kAssistantName, "do you have a name"},
    {Intent::kAssistantName, "say|tell|know me? your name$"},
    {Intent::kAssistantName, "^is your name"},
    {Intent::kAssistantName, "^what is yours"},

    {Intent::kAboutYourself, "about yourself|you|eva$"},
    {Intent::kAboutYourself, "introduce|describe yourself"},
    {Intent::kAboutYourself, "explain what|who you are"},
    {Intent::kAboutYourself, "say|tell me? something|anything$"},
    {Intent::kMaker, "who made|built|created|wrote|programmed|developed|designed you"},
    {Intent::kMaker, "who is your maker|creator|developer|author"},
    {Intent::kAreYouHuman, "are you ... human|person|alive|real|conscious|sentient|man|woman"},
    {Intent::kAreYouModel,
     "are you ... ai|robot|bot|chatbot|computer|machine|model|intelligence|program"},
    {Intent::kAreYouModel,
     "are you ... chatgpt|gpt|siri|alexa|cortana|openai|claude|gemini|llama|llm"},
    {Intent::kAreYouModel, "are you chat|jet"},
    {Intent::kAreYouModel, "are you ... smart|intelligent|clever"},
    {Intent::kAreYouModel, "^what|which model are|is you|this$"},
    {Intent::kAreYouModel, "what|which language? model|llm do|are|is you|this"},
    {Intent::kWhoAreYou, "who|what are|is you|this$"},
    {Intent::kWhoAreYou, "who|what are you really|exactly|now"},
    {Intent::kWhoAreYou, "who|what you are$"},
    {Intent::kWhoAreYou, "who am i talking|speaking to|with"},
    {Intent::kWhoAreYou, "^who is this|there|that$"},
    {Intent::kWhoAreYou, "are you eva"},
    {Intent::kWhoAreYou, "^who is eva$"},
    {Intent::kWhoAreYou, "^what are you made of$"},
    {Intent::kWhoAreYou, "^how smart|clever are you$"},
    {Intent::kAreYouHuman,
     "^are you ever|so|very* happy|sad|angry|busy|bored|tired|hungry|lonely|married|single$"},
    {Intent::kAreYouHuman, "^do you ever|really* like|love|hate|sleep|eat|drink|dream|feel"},
    {Intent::kAreYouHuman,
     "^do you have a|any|an* family|friends|feelings|body|soul|boyfriend|girlfriend|children"},
    {Intent::kAreYouHuman, "^can|could you see|think|feel|dance|smell|walk me|for|yourself*$"},

    {Intent::kCountDown, "count down|backwards|backward from|for?"},
    {Intent::kCountDown, "countdown from?"},
    {Intent::kCountBetween, "count from"},
    {Intent::kCountTo, "count up? all? the? way? to|till|until|2|two|too"},
    {Intent::kCountTo, "^count"},
    {Intent::kLettersIn, "how many letters|letter"},
    {Intent::kLetterCount, "how many"},
    {Intent::kLettersIn, "how long is the? word"},
    {Intent::kAlphabet, "say|recite|know|tell|sing|spell me? the alphabet|abc|abcs"},
    {Intent::kSpell, "^spell|spelling of|out|the|a|word|name*"},
    {Intent::kSpell, "^how do|does|would|can to|you|i|we|one* spell the|a|word|name*"},
    {Intent::kSpell, "^what|how is the correct|right? spelling of the|word|name*"},

    {Intent::kConnect,
     "^how|can|could|may|should|do|would|i|we|you|to|want|like|need|please|is|it|possible|must* "
     "connect|use|add|attach|plug|link|install|change|configure|enable|setup|get|run|switch|set "
     "up|in|on|to|you|with|it|a|an|the|my|your|our|own|another|other|different|new|real|good|"
     "better|"
     "bigger|smarter|large|language|local|ai* "
     "model|models|brain|llm|gpt|chatgpt|openai|ollama|muddle|ai "
     "to|with|for|you|it|here|yourself*$"},
    {Intent::kConnect, "connect real-model$"},
    {Intent::kConnect, "^how|can|could|do|i|we|make|get|to* you smarter|better|cleverer$"},
    {Intent::kConnect,
     "^i|we|want|need|get|give|me|a|the|what|how|about* real|better|bigger|smarter language? "
     "model|brain$"},
    {Intent::kConnect, "^how do i connect one|you|it?$"},
    {Intent::kConnect, "llm url"},
    {Intent::kHow, "^how so?$"},
    {Intent::kHow, "^how do|can|would i do|set that|it|this up?$"},
    {Intent::kAbilities,
     "^what|which else|things|all|kind|of* can|could|do you all? "
     "do|say|answer|understand|know|offer "
     "else|for|me|us|here|really|about*$"},
    {Intent::kAbilities,
     "^what|which things? can|could|should|may i ask|say|do|try you|here|with|about|to*$"},
    {Intent::kAbilities, "^what are your abilities|capabilities|skills|features|functions$"},
    {Intent::kAbilities, "^what are you able|capable to|of|do*$"},
    {Intent::kAbilities, "^help me|us? out?$"},
    {Intent::kAbilities, "^how does this|it work$"},
    {Intent::kAbilities, "^do math|maths|sums|arithmetic$"},
    {Intent::kAbilities, "^i need some|your? help$"},
    {Intent::kAbilities, "^how can|do you help|work me|us?$"},
    {Intent::kAbilities, "^how can|do|should i use|talk|speak you|this|it|to|with*$"},

    {Intent::kJoke, "tell|know|have|another|more|say|make|a|any|got ... joke|jokes|funny"},
    {Intent::kInvention,
     "tell|write|sing|make|read|give|know ... "
     "story|stories|poem|poems|songs|song|tale|haiku|essay|rap|riddle"},
    {Intent::kInvention, "^sing"},
    {Intent::kChance, "flip|toss|throw|roll ... coin|dice|die"},
    {Intent::kChance, "random|guess ... number"},
    {Intent::kNews,
     "^how|what|will|is|does|do|tell|give|any ... weather|forecast|temperature|news|rain|raining|"
     "snow|snowing|sunny|cold|warm|hot "
     "outside|today|tomorrow|tonight|like|be|now|going|to|there*$"},
    {Intent::kNews, "^the|today? weather|news"},
    {Intent::kDeed, "set|start|create ... alarm|timer|reminder"},
    {Intent::kDeed, "remind me"},
    {Intent::kDeed, "wake me up"},
    {Intent::kDeed, "^turn|switch ... on|off|up|down"},
    {Intent::kDeed, "^play|put ... music|song|radio"},
    {Intent::kDeed, "^call|phone|ring|text my|mom|mum|dad"},
    {Intent::kDeed, "^call|phone|ring me ... later|back|today|tonight|tomorrow|at|in|when"},
    {Intent::kLanguages,
     "speak|understand|know|talk ... "
     "german|french|spanish|italian|chinese|japanese|russian|polish|english|languages|language"},
    {Intent::kLanguages, "^what|which languages|language ... you"},
    {Intent::kLanguages,
     "^je|ich|que|qué|wie|sprechen|parlez|habla|hablas|bonjour|hola|ciao|salut|merci|gracias|danke|"
     "guten|buenos|buenas|namaste"},
    {Intent::kWhere, "^where are|do you live|from|located|running|run|right|physically*$"},
    {Intent::kAge, "how old are you"},
    {Intent::kAge, "when were you born|made|built|created"},
    {Intent::kAge, "your age|birthday"},

    {Intent::kHowAreYou,
     "^how are|is|were|have you|your|it|everything|things|life been|doing|going|today|day|feeling|"
     "all|with|you|this|fine|morning|afternoon|evening|tonight|then|hanging*$"},
    {Intent::kHowAreYou, "^how was your day$"},
    {Intent::kHowAreYou, "^i am fine|good|well|okay|great thanks|thank|you|and|how|about* you$"},
    {Intent::kHowAreYou, "^how do you do|feel today?$"},
    {Intent::kHowAreYou, "^what is up|new$"},
    {Intent::kHowAreYou, "^are you okay|well|fine|good$"},
    {Intent::kAlwaysListening,
     "^are|do you ... listening|listen|hear|recording|spying ... all|always|everything|constantly"},
    {Intent::kAlwaysListening,
     "^are|do you always|constantly|secretly listening|listen|recording|record|hear"},
    {Intent::kAlwaysListening, "^are you recording|spying|eavesdropping"},
    {Intent::kHearing,
     "^can|do|could|did? you hear|here|understand me|this now|okay|well|clearly|better*$"},
    {Intent::kHearing,
     "^are you still? there|listening|awake|working|here|on|ready to|me|today|yet*$"},
    {Intent::kHearing, "^is this thing? on|working$"},
    {Intent::kHearing, "^this is a test"},
    {Intent::kHearing, "^a? mic|mike|microphone|sound|audio? test|testing|check"},
    {Intent::kHearing, "^anybody|anyone there|here|home"},
    {Intent::kHearing, "^is anybody|anyone there|here"},
    {Intent::kNiceToMeet, "nice|good|pleased|great to meet|see|hear you"},
    {Intent::kWrong,
     "^i|would|say|think|no|but* that|you|this|it is|was|are wrong|incorrect|false|mistaken$"},
    {Intent::kWrong, "^that|it|this is|was not right|correct|true$"},
    {Intent::kWrong,
     "^you are so|very|really|such|a|an* stupid|dumb|useless|idiot|boring|terrible|bad$"},
    {Intent::kAcknowledge, "^no thanks$"},
    {Intent::kAcknowledge, "^no thank you"},
    {Intent::kAcknowledge, "^i do not know|care|mind|want"},
    {Intent::kThanks, "^thank|thanks"},
    {Intent::kThanks, "thank you"},
    {Intent::kThanks, "^well done"},
    {Intent::kThanks, "^much appreciated$"},
    {Intent::kThanks, "^nice|cool|great|awesome|perfect|wonderful|excellent|amazing$"},
    {Intent::kThanks, "^that is? was? very? nice|cool|great|awesome|perfect|right|correct|good"},
    {Intent::kThanks, "^good|great|nice job|work|one$"},
    {Intent::kThanks,
     "^you are so|very|really|the* "
     "great|awesome|good|nice|wonderful|amazing|smart|cool|best|funny$"},
    {Intent::kWish, "^happy birthday|easter|holidays|halloween"},
    {Intent::kWish, "^happy new year"},
    {Intent::kWish, "^merry christmas"},
    {Intent::kWish, "^good luck$"},
    {Intent::kWish, "^congratulations"},
    {Intent::kWish, "^bless you$"},
    {Intent::kFarewell, "^bye|farewell|cheers bye?"},
    {Intent::kFarewell, "bye$"},
    {Intent::kFarewell, "^by bye|by?$"},
    {Intent::kFarewell, "^good bye|by|night"},
    {Intent::kFarewell, "^see|talk|speak to? you|ya later|soon|tomorrow|again|around?"},
    {Intent::kFarewell, "have a nice|good|great day|evening|night|one|weekend"},
    {Intent::kFarewell, "^i have|need|got to go|leave home|now|soon*$"},
    {Intent::kFarewell, "^i must|should|will go|leave home|now|soon*$"},
    {Intent::kAcknowledge,
     "^stop|good|quiet|silence|wait|cancel|enough|nothing|nevermind|no|nope|sure|yep|fine|sorry|"
     "correct|"
     "exactly|never please? it|mind|now?$"},
    {Intent::kAcknowledge, "^maybe|perhaps|mm|mmm|aha|wow|yeah|really$"},
    {Intent::kAcknowledge, "^be quiet"},
    {Intent::kAcknowledge, "^shut up"},
    {Intent::kAcknowledge, "^stop talking|it|that"},
    {Intent::kAcknowledge, "^i see|understand|am sorry|fine|good|okay$"},
    {Intent::kAcknowledge, "^hold on|hang on$"},
    {Intent::kAcknowledge, "^that is all|it|enough"},
    {Intent::kAcknowledge, "^it is okay|fine$"},
    {Intent::kAcknowledge, "^sorry about|for that|this$"},
    {Intent::kAcknowledge, "^you are welcome$"},
    {Intent::kAcknowledge, "^no|not* now|that|this$"},
    {Intent::kGoAhead, "^i have a question$"},
    {Intent::kGoAhead, "^can|may i ask you? something|a question?$"},
    {Intent::kUnfinished, "^tell me$"},
    {Intent::kUnfinished, "^i was wondering if?$"},
    {Intent::kUnfinished, "^what if$"},
    {Intent::kUnfinished, "the|an|and|because|my|your$"},
};

}  // namespace

std::optional<Request> recognise(Tokens clause) {
  for (const Phrase& phrase : kPhrases) {
    const auto taken = find_phrase(phrase.pattern, clause);
    if (taken) return Request{phrase.intent, clause.subspan(*taken)};
  }
  return std::nullopt;
}

}  // namespace eva::brain
