/** What voices are given to say: sentences of our own, each a breath long, with the words of every day. */
const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'The morning train leaves from platform four and stops at every village along the coast.',
    'Please put the blue folder on the table by the window before the meeting begins.',
    'My sister grows tomatoes and beans in a small garden behind the old school.',
    'If it rains tomorrow, we will visit the museum instead of walking in the hills.',
    'The doctor said that he should drink more water and sleep at least eight hours.',
    'Nobody knew who had left the door open during the long winter night.',
    'She bought three loaves of bread, a bottle of milk, and some fresh cheese.',
    'Our neighbours are building a wooden bridge across the narrow river.',
    'The teacher explained the question again, and this time everybody understood.',
    'A strong wind from the north pushed the little boat back towards the harbour.',
    'You can pay with a card at the counter or send the money later.',
    'The film was longer than I had expected, but the music was beautiful.',
  ],
  hi: [
    'आज सुबह से ही आसमान में काले बादल छाए हुए हैं।',
    'कृपया दरवाज़ा बंद कर दीजिए, बाहर बहुत ठंड है।',
    'मेरी बहन हर शाम पुस्तकालय में बैठकर पढ़ती है।',
    'हम कल सुबह की गाड़ी से अपने गाँव जा रहे हैं।',
    'बच्चों ने मैदान में देर तक गेंद से खेला।',
    'माँ ने रसोई में गरम रोटी और दाल बनाई है।',
    'इस नदी का पानी पहाड़ों से होकर आता है।',
    'डॉक्टर ने कहा कि दवा दिन में दो बार लेनी है।',
    'बाज़ार में आज ताज़ी सब्ज़ियाँ बहुत सस्ती मिल रही हैं।',
    'अध्यापक ने सवाल को फिर से धीरे धीरे समझाया।',
    'रात को तेज़ हवा चली और पेड़ की एक डाल टूट गई।',
    'मुझे यह किताब बहुत पसंद आई, आप भी इसे पढ़िए।',
  ],
  bn: ['আজ সকালে আকাশ খুব পরিষ্কার। আমরা নদীর ধারে হাঁটতে যাব।'],
  ta: ['இன்று காலை வானம் தெளிவாக உள்ளது. நாங்கள் ஆற்றங்கரைக்குச் செல்கிறோம்.'],
  te: ['ఈ రోజు ఉదయం ఆకాశం నిర్మలంగా ఉంది. మేము నది ఒడ్డుకు వెళ్తున్నాము.'],
  mr: ['आज सकाळी आकाश स्वच्छ आहे. आम्ही नदीकाठी फिरायला जात आहोत.'],
  gu: ['આજે સવારે આકાશ ચોખ્ખું છે. અમે નદી કિનારે ફરવા જઈએ છીએ.'],
  kn: ['ಇಂದು ಬೆಳಿಗ್ಗೆ ಆಕಾಶ ಶುಭ್ರವಾಗಿದೆ. ನಾವು ನದಿಯ ದಡಕ್ಕೆ ಹೋಗುತ್ತಿದ್ದೇವೆ.'],
  ml: ['ഇന്ന് രാവിലെ ആകാശം തെളിഞ്ഞതാണ്. ഞങ്ങൾ പുഴയുടെ തീരത്തേക്ക് പോകുന്നു.'],
  pa: ['ਅੱਜ ਸਵੇਰੇ ਅਸਮਾਨ ਸਾਫ਼ ਹੈ। ਅਸੀਂ ਨਦੀ ਦੇ ਕੰਢੇ ਜਾ ਰਹੇ ਹਾਂ।'],
  or: ['ଆଜି ସକାଳେ ଆକାଶ ନିର୍ମଳ ଅଛି। ଆମେ ନଦୀ କୂଳକୁ ଯାଉଛୁ।'],
  as: ['আজি পুৱা আকাশ নিৰ্মল। আমি নদীৰ পাৰলৈ গৈ আছোঁ।'],
  ur: ['آج صبح آسمان صاف ہے۔ ہم دریا کے کنارے جا رہے ہیں۔'],
  es: ['Esta mañana el cielo está despejado. Vamos a pasear junto al río.'],
  fr: ['Ce matin, le ciel est clair. Nous allons marcher au bord de la rivière.'],
  it: ['Stamattina il cielo è sereno. Andiamo a passeggiare lungo il fiume.'],
  pt: ['Hoje de manhã o céu está limpo. Vamos passear junto ao rio.'],
};

/** Empty for a language in which we have nothing to say. */
export function sentencesOf(language: string): readonly string[] {
  return SENTENCES[language] ?? [];
}

/** For languages whose recognisers here understand well enough to judge a voice by them. */
export const RECOGNISERS: Readonly<Record<string, string>> = { en: 'moonshine', hi: 'whisper_live' };
